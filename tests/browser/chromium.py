"""Finds a Chromium: the system's, else the one that Playwright downloaded."""

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = (
    "No Chromium found: install the system's package (chromium), or run: .venv/bin/playwright install chromium"
)


def find_chromium(playwright: Playwright) -> str | None:
    """The path of a browser's executable, or ``None`` where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None
