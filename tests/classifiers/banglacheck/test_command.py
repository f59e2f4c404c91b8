"""Tests of ``python -m classifiers check``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from classifiers import Bundle
from classifiers.__main__ import main

ANYTHING = ("--stand", "0", "--hold", "0", "--functionality", "0", "--gap", "1")


@pytest.fixture(scope="module")
def bundle_path(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "small.alochona"
    path.write_bytes(bundle.to_bytes())
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_a_bundle_under_the_limits_ends_with_code_1_and_is_told_why(bundle_path: Path) -> None:
    result = run("--bundle", bundle_path)
    assert result.exit_code == 1, result.output
    assert "Bundle small, test half: " in result.stdout
    assert "% right of what must hold, under 88%" in result.stdout
    for shown in ("the highest stretch is", "neutral_group_mentions", "spaced_letters", "rohingya", "bn-Latn"):
        assert shown in result.stdout


def test_a_bundle_within_the_limits_ends_with_code_0(bundle_path: Path) -> None:
    result = run("--bundle", bundle_path, *ANYTHING)
    assert result.exit_code == 0
    assert "All limits are reached." in result.stdout


def test_each_limit_can_be_missed_alone(bundle_path: Path) -> None:
    for name in ("--hold", "--functionality"):
        limits = dict(zip(ANYTHING[::2], ANYTHING[1::2], strict=True)) | {name: "1"}
        assert run("--bundle", bundle_path, *(part for limit in limits.items() for part in limit)).exit_code == 1


def test_the_worst_cases_are_shown_only_when_asked_for(bundle_path: Path) -> None:
    assert "must hold; " not in run("--bundle", bundle_path).stdout
    assert run("--bundle", bundle_path, "--worst", "4").stdout.count("/test/") == 4


def test_the_same_comes_as_json(bundle_path: Path) -> None:
    result = run("--bundle", bundle_path, "--half", "train", "--json", "--worst", "2")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["bundle"], told["half"], len(told["wrong"])) == ("small", "train", 2)
    assert {case["half"] for case in told["wrong"]} == {"train"}
    assert told["shortfalls"]
    assert told["pointing"]["all"]["cases"] > 500


def test_what_is_no_bundle_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    result = run("--bundle", tmp_path / "x")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert run("--half", "third").exit_code == 2
