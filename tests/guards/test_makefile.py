"""The Makefile and the requirement files keep what the README promises."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)


def test_make_alone_lists_every_target_with_its_help() -> None:
    listed = _make()
    assert listed.returncode == 0
    assert {f"make {target}" for target in TARGETS} <= {
        " ".join(line.split()[:2]) for line in listed.stdout.splitlines()
    }


def test_every_phony_target_is_a_target_with_help() -> None:
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert declared is not None
    assert set(declared[1].split()) == TARGETS


@pytest.mark.parametrize("target", ["run", "test", "lint", "bundle", "screenshots", "record", "bench", "clean", "help"])
def test_the_targets_that_the_documents_name_exist(target: str) -> None:
    assert target in TARGETS


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    refused = _make("PYTHON=", f"VENV={tmp_path / 'venv'}", "run")
    assert refused.returncode != 0
    assert "No Python 3.11 or newer" in refused.stdout


def test_an_interpreter_that_cannot_make_an_environment_leaves_no_half_of_one(tmp_path: Path) -> None:
    broken, venv = tmp_path / "python", tmp_path / "venv"
    broken.write_text('#!/bin/sh\nmkdir -p "$3/bin" && touch "$3/bin/python" && exit 1\n')
    broken.chmod(0o755)
    refused = _make(f"PYTHON={broken}", f"VENV={venv}", "run")
    assert refused.returncode != 0
    assert "apt-get install python3-venv" in refused.stdout
    assert not venv.exists()


def test_the_tests_come_after_the_browser_and_tell_what_they_skipped() -> None:
    recipe = _make("--dry-run", "test").stdout
    assert 0 <= recipe.find("-m tests.browser.chromium") < recipe.find("-m pytest")
    assert re.search(r"-m pytest .*-rs", recipe)


def test_continuous_integration_brings_browser_font_php_and_fails_where_they_are_missing() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    for package in ("chromium", "fonts-noto-core", "php-cli", "make", "python3-venv"):
        assert re.search(rf"missing\+=\([^)]*\b{package}\b", script)
    assert 'export CI="${CI:-true}"' in script
    assert script.rstrip().endswith("exec make test")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_to_one_version(name: str) -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    loose = [
        line for line in lines if line and not line.startswith("-r ") and not re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line)
    ]
    assert loose == []
