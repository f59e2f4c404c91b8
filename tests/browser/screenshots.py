"""Takes the README's pictures from the real service with its sample discussion: ``make screenshots``.

It starts ``python -m moderation serve`` on a folder and a port of its own, follows the one-time link, and ends it.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = ("deliveries", "search", "stories", "terms", "people", "notices", "since", "policy", "figures")
"""Taken as they stand; the review queue, a card and the darkness have their own lines below."""
_START_SECONDS = 90


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _service(folder: Path) -> Iterator[str]:
    """The running service; gives its one-time link once the sample discussion has been posted."""
    printed = folder / "printed"
    # The folder itself, which this made and nobody else may enter: the database's own user is let through that one.
    environment = {**os.environ, "ALOCHONA_VAR": str(folder), "PORT": str(_free_port())}
    with printed.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moderation", "serve"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while "Posted a sample" not in printed.read_text():
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"The service did not start:\n{printed.read_text()}")
            time.sleep(0.5)
        time.sleep(3)  # the last comments are being scored
        link = re.search(r"http://\S+/welcome/\S+", printed.read_text())
        if link is None:
            raise SystemExit("The service printed no one-time link.")
        yield link[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _take(page: Page, name: str) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURES / f"{name}-{size}.png")


def main() -> None:
    """Review queue, card and PAGES, in Bangla and English, at desktop and phone width; one card in the dark."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="alochona-") as folder,
        _service(Path(folder)) as link,
        sync_playwright() as playwright,
    ):
        path = find_chromium(playwright)
        if path is None:
            raise SystemExit(HOW_TO_GET_ONE)
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        page = browser.new_page()
        page.goto(link)
        page.fill("input[name=password]", "only-for-these-pictures")
        page.keyboard.press("Enter")
        page.wait_for_url("**/review")
        for language in ("bn", "en"):
            page.goto(link.partition("/welcome/")[0] + "/review")
            _take(page, f"review-{language}")
            told_why = page.locator("[data-row]").filter(has_text=re.compile(r"\((সীমা|held from)"))
            told_why.nth(1).locator("[data-open]").click()
            page.wait_for_url("**/review/*")
            page.wait_for_load_state("networkidle")
            _take(page, f"card-{language}")
            if language == "bn":
                page.emulate_media(color_scheme="dark")
                _take(page, f"card-{language}-dark")
                page.emulate_media(color_scheme="light")
            for name in PAGES:
                page.goto(link.partition("/welcome/")[0] + f"/{name}")
                _take(page, f"{name}-{language}")
            if language == "bn":
                page.locator(".person summary").click()
                page.click("button[name=language]")
        browser.close()


if __name__ == "__main__":
    main()
