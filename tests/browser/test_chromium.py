"""Where no browser is, one is fetched or its absence is told: quickly, loudly, and as a failure under CI."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.chromium import NAMES, download, find_chromium, system_chromium

ROOT = Path(__file__).resolve().parents[2]
_NO_WAY_OUT = {
    "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",  # the discard port, where nothing listens
    "PLAYWRIGHT_CHROMIUM_DOWNLOAD_HOST": "http://127.0.0.1:9",
}


def _alone(folder: Path, **more: str) -> dict[str, str]:
    """An environment without a browser: an empty PATH, an empty cache, no way to the download."""
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "PATH"}}
    empty = {"PATH": str(folder), "PLAYWRIGHT_BROWSERS_PATH": str(folder / "browsers")}
    return {**kept, **empty, **_NO_WAY_OUT, **more}


def _fetch(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.browser.chromium"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_without_a_browser_and_a_way_out_the_loud_line_says_how_to_get_one(tmp_path: Path) -> None:
    told = _fetch(_alone(tmp_path))
    assert told.returncode == 0
    assert "!!!!!!" in told.stderr
    assert "playwright install --with-deps chromium" in told.stderr
    assert "The download failed: " in told.stderr


def test_with_ci_set_a_missing_browser_is_a_failure(tmp_path: Path) -> None:
    assert _fetch(_alone(tmp_path, CI="true")).returncode == 1


def test_a_download_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    assert download(_alone(tmp_path), seconds=0.01) == "the download took longer than 0 seconds"


def test_the_systems_browser_is_taken_first_and_nothing_is_downloaded(tmp_path: Path) -> None:
    browser = tmp_path / NAMES[0]
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    told = _fetch(_alone(tmp_path))
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_what_is_found_can_be_run(playwright: Playwright) -> None:
    found = find_chromium(playwright)
    assert found is None or os.access(found, os.X_OK)
    assert system_chromium() in {None, found}
