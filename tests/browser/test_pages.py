"""Every page in both languages and themes: axe-core finds nothing, nothing scrolls sideways, a keyboard is enough."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk import come_by
from tests.browser.pages import EXCEPTIONS, LOOKS, speak, turn_to
from tests.browser.showcase import Showcase, furnish
from tests.factories import World
from tests.guards.routes import all_routes

AXE: Final = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
INSPECTING: Final = Path(__file__).with_name("inspecting.js").read_text(encoding="utf-8")
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
THEME_OF: Final[Mapping[str, Literal["light", "dark"]]] = {"bn": "light", "en": "dark"}
"""Each page is seen in both languages and both themes. What a rule of axe asks depends on words or on colours and never
on both, so two runs of it find what four would."""
WALKED: Final = {"review-ticked", "card-unfolded"}
"""Pages with something that sticks to an edge of the window, under which the focus could get lost."""
WIDTHS: Final = ((320, 640), (640, 400), (1920, 1080), (1280, 800))
"""The narrowest that must do, a window of 1280 at 200% zoom, the widest, and the usual one."""
_RUN: Final = """([part, values]) => axe.run(part, {runOnly: {type: 'tag', values}, resultTypes: ['violations']}).then(
    found => found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)))"""


def test_every_page_of_the_dashboard_is_looked_at_or_excepted_with_a_reason() -> None:
    read = {
        endpoint.removeprefix("dashboard.")
        for method, endpoint, _ in all_routes()
        if method == "GET" and endpoint.startswith("dashboard.")
    }
    assert {look.endpoint for look in LOOKS} | set(EXCEPTIONS) == read
    assert {look.endpoint for look in LOOKS}.isdisjoint(EXCEPTIONS)
    assert len({look.name for look in LOOKS}) == len(LOOKS)


@pytest.fixture
def showcase(world: World) -> Showcase:
    return furnish(world)


@pytest.fixture
def entrance(browser: Browser, address: str) -> Iterator[Page]:
    """A page of somebody who is not logged in."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _axe(page: Page, part: str) -> list[str]:
    page.evaluate(AXE)  # by the debugger's way in, which the strict policy of the page does not bar
    found: list[str] = page.evaluate(_RUN, [part, TAGS])
    return found


def _widths(page: Page) -> list[str]:
    found = []
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {one}" for one in page.evaluate("inspecting.overflow()")]
        if width == WIDTHS[0][0]:
            found += [f"small: {one}" for one in page.evaluate("inspecting.smallTargets()")]
    return found


def _wrong(page: Page, part: str) -> list[str]:
    """All that is wrong with a page as it stands."""
    page.evaluate(INSPECTING)
    page.keyboard.press("Tab")  # the focus is shown to who came by keyboard
    return [*_axe(page, part), *_widths(page), *page.evaluate("inspecting.unfocusable()")]


@pytest.mark.browser
def test_no_page_bars_anybody(page: Page, entrance: Page, showcase: Showcase) -> None:
    come_by(page, showcase.link)
    entrance.goto("/login")
    wrong: dict[str, list[str]] = {}
    for language in ("bn", "en"):
        for one in (page, entrance):
            speak(one, language)
            one.emulate_media(color_scheme=THEME_OF[language])
        for look in LOOKS:
            seen = page if look.inside else entrance
            turn_to(seen, look, showcase)
            assert seen.locator("html").get_attribute("lang") == language
            wrong[f"{look.name} ({language})"] = _wrong(seen, look.part)
    for look in LOOKS:
        if look.name in WALKED:
            turn_to(page, look, showcase)
            wrong[f"{look.name} by Tab"] = _walk(page)
    assert {name: found for name, found in wrong.items() if found} == {}, _written(wrong)


def _walk(page: Page) -> list[str]:
    """Goes through the page by Tab as far as it leads; tells what that does not reach or where one cannot see it."""
    page.evaluate(INSPECTING)
    found: list[str] = []
    for _ in range(page.evaluate("document.querySelectorAll('a, button, input, select, textarea, summary').length")):
        page.keyboard.press("Tab")
        found += page.evaluate("inspecting.step()")
    return [*found, *page.evaluate("inspecting.unreached()")]


def _written(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {one}" for name, found in wrong.items() for one in found)
