"""Every page of the dashboard, once: the list that the accessibility checks and ``make screenshots`` go through.

Who adds a page adds a line; ``test_pages`` fails until then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tests.browser.showcase import Showcase


def _as_it_stands(_: Page) -> None:
    """Nothing to do first."""


def _open_drawer(page: Page) -> None:
    page.keyboard.press("u")
    page.locator("[data-drawer] h2").first.wait_for()


def _open_legend(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("dialog#keys[open]").wait_for()


def _open_menu(page: Page) -> None:
    page.locator("nav details.menu > summary").click()


def _pick_labels(page: Page) -> None:
    page.keyboard.press("d")
    page.locator("[data-picker]").wait_for()


def _tick(page: Page) -> None:
    page.locator("[data-tick]").nth(0).check()
    page.locator("[data-tick]").nth(1).check()


def _unfold(page: Page) -> None:
    """Everything that is folded up, so that it is looked at too."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


def _try_sentence(page: Page) -> None:
    page.locator("textarea[name=sentence]").fill("শা‌লা, তুই একটা কুত্তা! বালিশ কিনতে গেছি।")
    page.locator("button[formaction]").first.click()
    page.locator(".findings").first.wait_for()


@dataclass(frozen=True, slots=True)
class Look:
    """One page in one state. ``address`` has ``{places}`` that the showcase fills; ``first`` is done on arrival.

    ``inside`` tells pages of those who are logged in from those of the entrance. ``part`` is what this state adds to a
    page that is in the list already; nothing else of it needs to be checked again.
    """

    name: str
    endpoint: str
    address: str
    first: Callable[[Page], None] = _as_it_stands
    part: str = ":root"
    inside: bool = True

    def at(self, values: Mapping[str, str]) -> str:
        return self.address.format_map(values)


LOOKS: Final = (
    Look("login", "login", "/login", inside=False),
    Look("welcome", "welcome", "{unused}", inside=False),
    Look("forgotten", "forgotten", "/login/forgotten", inside=False),
    Look("review", "review", "/review"),
    Look("review-rejecting", "review", "/review", _pick_labels, "[data-picker]"),
    Look("review-ticked", "review", "/review", _tick, "#bulk"),
    Look("review-empty", "review", "/review?script=und&label=threat"),
    Look("keys", "review", "/review", _open_legend, "#keys"),
    Look("menu", "review", "/review", _open_menu, ".bar"),
    Look("card", "card", "/review/{public_id}"),
    Look("card-unfolded", "card", "/review/{public_id}", _unfold),
    Look("card-author", "card", "/review/{public_id}", _open_drawer, "[data-drawer]"),
    Look("alike", "alike", "/review/{alike_id}/alike", _unfold),
    Look("scores", "score_range", "/review/scores?site={slug}&label=threat&low=0&high=100"),
    Look("thread", "thread", "/review/{public_id}/thread"),
    Look("author", "author", "/review/{public_id}/author"),
    Look("search", "search", "/search"),
    Look("search-nothing", "search", "/search?q=zzzzz&state=held"),
    Look("stories", "stories", "/stories"),
    Look("story", "story", "/stories/{story_id}", _unfold),
    Look("author-page", "author_page", "/authors/{author_id}", _unfold),
    Look("holding", "holding", "/holding"),
    Look("policies", "policies", "/policy"),
    Look("policy", "policy", "/policy/{slug}", _unfold),
    Look("policy-script", "policy", "/policy/{slug}?script=bn-Latn"),
    Look("sites", "sites", "/sites"),
    Look("site", "site", "/sites/{slug}", _unfold),
    Look("terms", "term_lists", "/terms", _unfold),
    Look("term-list", "term_list", "/terms/{slug}/{list_id}?version=1", _unfold),
    Look("term-list-tried", "term_list", "/terms/{slug}/{list_id}", _try_sentence, ".tester"),
    Look("decisions", "decisions", "/decisions"),
    Look("figures", "figures", "/figures"),
    Look("bundles", "bundles", "/bundles"),
    Look("bundle", "bundle", "/bundles/{bundle_id}"),
    Look("deliveries", "deliveries", "/deliveries"),
    Look("notices", "notices", "/notices", _unfold),
    Look("since", "handover", "/since"),
    Look("people", "people", "/people", _unfold),
    Look("person", "person", "/people/{moderator_id}", _unfold),
    Look("account", "account", "/account", _unfold),
    Look("absent", "story", "/stories/999999"),
)

EXCEPTIONS: Final[Mapping[str, str]] = {
    "static": "files",
    "stylesheet": "a file",
    "home": "leads to the review queue",
    "review_news": "JSON for a script",
    "palette": "JSON for a script",
    "session": "JSON for a script",
    "review_row": "one row for a script, the same as in the list",
    "policy_told": "JSON for a script",
    "policy_picture": "a picture, shown on the page of its policy",
    "figures_days": "a picture, shown on the page of figures",
    "score_dots": "a picture, shown on the page of deciding by score",
    "drift_picture": "a picture, shown on the page of its bundle",
}
"""Addresses that are read but are no pages, each with what it is."""


def turn_to(page: Page, look: Look, showcase: Showcase) -> None:
    """Brings the page before the eyes as it is to be looked at."""
    answer = page.goto(look.at({**showcase.values, "unused": showcase.unused}))
    assert answer is not None
    assert answer.status == (404 if look.name == "absent" else 200), look.name
    look.first(page)


def speak(page: Page, language: str) -> None:
    """Switches the language, from whatever page stands there: of the account, or of the browser at the entrance."""
    token = page.locator("input[name=csrf]").first.input_value()
    assert page.request.post("/language", form={"csrf": token, "language": language}).ok
