"""Finds a Chromium: the system's, else Playwright's download, which ``python -m tests.browser.chromium`` fetches.

``make test`` calls that before the tests. Where no browser can be had it says so loudly and goes on, since the browser
tests are skipped then; with CI set it fails.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import Playwright, sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE: Final = (
    "No Chromium found, so the browser tests cannot run. Install the system's package (on Debian: apt-get install "
    "chromium), or run: .venv/bin/playwright install --with-deps chromium"
)
_DOWNLOAD_SECONDS: Final = 600
_CONNECT_MILLISECONDS: Final = 5_000
"""For each try; Playwright makes a few. A machine without a way out is told within half a minute."""
_FRAME: Final = "!" * 100


def find_chromium(playwright: Playwright) -> str | None:
    """The path of a browser's executable, or ``None`` where there is none."""
    if found := system_chromium():
        return found
    own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def system_chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def download(environment: Mapping[str, str] = os.environ, seconds: float = _DOWNLOAD_SECONDS) -> str | None:
    """Playwright's own Chromium, once for the user of this machine; what went wrong, or ``None``."""
    command = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    patient = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": str(_CONNECT_MILLISECONDS), **environment}
    try:
        done = subprocess.run(command, env=patient, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"the download took longer than {seconds:.0f} seconds"
    return _reason(done.stderr + done.stdout) if done.returncode else None


def _reason(said: str) -> str:
    """The line that names the trouble, out of a page of stack traces."""
    lines = [line.strip() for line in said.splitlines() if "Error" in line or "error" in line]
    return lines[0] if lines else "Playwright gave no reason"


def main() -> int:
    """The exit code: 1 where there is no browser although CI is set."""
    with sync_playwright() as playwright:
        if find_chromium(playwright):
            return 0
        print("No Chromium on this machine: downloading Playwright's own, once.", flush=True)  # noqa: T201
        trouble = download()
        if find_chromium(playwright):
            return 0
    print(f"{_FRAME}\n{HOW_TO_GET_ONE}\n(The download failed: {trouble})\n{_FRAME}", file=sys.stderr)  # noqa: T201
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
