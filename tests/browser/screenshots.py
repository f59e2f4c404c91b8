"""Takes a picture of every page, in both languages and themes, wide and narrow: ``make screenshots``.

All go into ``var/screenshots``, which is not committed; the few that the documents show, into ``docs/screenshots``. It
needs nothing but this repository: servers, a world and a browser are its own.
"""

import contextlib
import itertools
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import track
from werkzeug.serving import WSGIRequestHandler, make_server

from moderation.embedded import embedded_servers
from moderation.migrations import upgrade
from moderation.runtime import Runtime, build_runtime
from moderation.settings import Settings
from moderation.web.factory import create_app
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.browser.desk import come_by
from tests.browser.pages import LOOKS, Look, speak, turn_to
from tests.browser.showcase import Showcase, furnish
from tests.factories import World

ROOT: Final = Path(__file__).resolve().parents[2]
ALL: Final = ROOT / "var" / "screenshots"
SHOWN: Final = ROOT / "docs" / "screenshots"
IN_DOCUMENTS: Final = frozenset(
    {"review-bn-light-desktop", "card-bn-light-desktop", "card-bn-dark-phone", "story-bn-light-phone"}
)
"""The best of them, which the README shows."""
SIZES: Final = {"desktop": (1280, 800), "phone": (360, 740)}
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class _Quiet(WSGIRequestHandler):
    """A thousand requests are no news."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        pass


@contextlib.contextmanager
def _service(runtime: Runtime) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@contextlib.contextmanager
def _world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="alochona-") as folder, embedded_servers(Path(folder)) as urls:
        settings = Settings(urls.database_url, urls.redis_url, ("only-for-these-pictures-0123456789abc",))
        runtime = build_runtime(settings)
        upgrade(runtime.engine)
        yield World(runtime, runtime.work)
        runtime.engine.dispose()
        runtime.celery.close()


def _take(page: Page, name: str) -> None:
    """At each width; in the documents' folder as well, where they show it."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        taken = page.screenshot(path=ALL / f"{name}-{size}.png")
        if f"{name}-{size}" in IN_DOCUMENTS:
            (SHOWN / f"{name}-{size}.png").write_bytes(taken)


def _look(page: Page, look: Look, showcase: Showcase, language: str) -> None:
    page.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})
    page.emulate_media(color_scheme="light")
    turn_to(page, look, showcase)
    page.wait_for_load_state("networkidle")
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        _take(page, f"{look.name}-{language}-{theme}")


def _take_all(browser: Browser, address: str, showcase: Showcase) -> None:
    inside, outside = (browser.new_context(base_url=address).new_page() for _ in range(2))
    come_by(inside, showcase.link)
    outside.goto("/login")
    languages = ("bn", "en")
    for language, look in track(list(itertools.product(languages, LOOKS)), "Taking pictures"):
        page = inside if look.inside else outside
        if page.locator("html").get_attribute("lang") != language:
            speak(page, language)
        _look(page, look, showcase, language)


def main() -> None:
    """Some 250 pictures, in about two minutes."""
    for folder in (ALL, SHOWN):
        folder.mkdir(parents=True, exist_ok=True)
    with _world() as world, sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            raise SystemExit(HOW_TO_GET_ONE)
        showcase = furnish(world)
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        with _service(world.runtime) as address:
            _take_all(browser, address, showcase)
        browser.close()
    print(f"The pictures are in {ALL.relative_to(ROOT)}.")  # noqa: T201


if __name__ == "__main__":
    main()
