"""Two moderators clear a queue of 500 comments by keyboard alone: no decision is wrong, lost or doubled.

``make record`` keeps what both of them saw, as a trace to be played back.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from moderation.store import policies
from tests.browser.desk import enter
from tests.factories import World, make_created

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

COMMENTS: Final = 500
RECORDING: Final = os.environ.get("ALOCHONA_RECORD")
"""A folder for the traces; without it nothing is recorded."""
PREDICTED: Final = ["toxicity", "threat"]
ROUND: Final = ("a", "a", "s", "a", "d", "a", "s", "a", "d2", "z", "a", "s", "a", "d", "n")
"""What one of them does with fifteen comments: publish, spam, reject as predicted or with one more label, publish by
mistake and take that back before rejecting, skip."""
_LOOK: Final = """async last => {
    const sending = document.querySelector('[data-queue]')?.dataset.sending;
    const waits = () => [...document.querySelectorAll('.told')].some(one => one.textContent === sending);
    while (waits()) await new Promise(done => setTimeout(done, 5));
    const row = document.querySelector('[data-row].here');
    const refused = document.querySelector(`[data-row="${last}"] > .problem`);
    return {here: row?.dataset.row ?? null, open: !row?.querySelector('.problem'), taken: !refused};
}"""
"""The current row, and whether the last act was taken, once all that was pressed before has been answered."""


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it was pressed."""

    name: str
    verdict: str
    labels: tuple[str, ...] = ()


@dataclass
class Moderator:
    """Somebody with nothing but a keyboard. ``made`` has their decisions by comment, ``refused`` what they were told
    that it stands no more."""

    name: str
    page: Page
    pressed: int = 0
    made: dict[str, list[Made]] = field(default_factory=lambda: defaultdict(list))
    last: tuple[str, list[Made]] | None = None
    refused: list[str] = field(default_factory=list)
    skips: bool = True
    done: bool = False

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def look(self) -> dict[str, Any]:
        """What stands there now. The last act counts, unless its row came back with a reason."""
        public_id, made = self.last or ("", [])
        self.last = None
        seen: dict[str, Any] = self.page.evaluate(_LOOK, public_id)
        if not seen["taken"]:
            self.refused.append(public_id)
        elif made:
            self.made[public_id] += made
        return seen

    def go_on(self) -> None:
        """One comment further, or on to the next page, or done."""
        seen = self.look()
        if seen["here"] is None:
            self._turn_the_page()
        elif not seen["open"]:
            self.press("n")  # a colleague was faster: leave it to them
        else:
            act = ROUND[self.pressed % len(ROUND)]
            self._deal_with(seen["here"], act if self.skips or act != "n" else "a")
            self.pressed += 1

    def _deal_with(self, public_id: str, act: str) -> None:
        published = Made(self.name, "approve")
        rejected = Made(self.name, "reject", tuple(PREDICTED))
        match act:
            case "a":
                self.press("a")
                made = [published]
            case "s":
                self.press("s")
                made = [Made(self.name, "reject", ("spam",))]
            case "d":
                self.press("d", "Enter")
                made = [rejected]
            case "d2":
                self.press("d", "2", "Enter")
                made = [Made(self.name, "reject", ("toxicity", "insult", "threat"))]
            case "z":
                made = self._change_their_mind(public_id, published, rejected)
            case _:
                self.press("n")
                made = []
        self.last = (public_id, made)

    def _change_their_mind(self, public_id: str, first: Made, then: Made) -> list[Made]:
        self.press("a")
        row = self.page.locator(f'[data-row="{public_id}"]')
        expect(row.locator(".told button, .problem button")).to_be_visible()
        if row.locator(".problem").count():
            return []
        self.press("z")
        expect(row).to_have_class("row here")
        self.press("d", "Enter")
        return [first, then]

    def _turn_the_page(self) -> None:
        if self.page.locator("[data-cleared]:not([hidden])").count():
            self.follow()
        else:
            self.done = True

    def follow(self) -> None:
        """Presses Enter on what has the focus, which leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    def go_to(self, selector: str, key: str = "Tab") -> None:
        """Walks to a link or a button by Tab, or backwards from the page's end, and follows it."""
        for _ in range(200):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                self.follow()
                return
            self.press(key)
        pytest.fail(f"Tab does not lead to {selector}")

    def decide_on_card(self, made: Made, *keys: str) -> None:
        """Decides on the card that is open; the page goes on to the next one by itself."""
        public_id = self.page.url.rpartition("/")[2].partition("?")[0]
        expect(self.page.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
        with self.page.expect_navigation():
            self.press(*keys)
        self.made[public_id].append(made)


@pytest.fixture
def desk(world: World, browser: Browser, address: str) -> Iterator[tuple[Moderator, Moderator]]:
    """Nasrin and Karim, each with a browser of their own, before a queue of 500."""
    site_id = world.make_site()
    world.make_endpoint(site_id)
    for n in range(0, COMMENTS, 100):
        world.receive(site_id, *(make_created(f"c{i}", f"তোকে মারবো {i}#") for i in range(n, n + 100)))
    with world.work() as unit:  # a card that hides its reasons has no labels ticked
        policies.save(unit.connection, site_id, {"audit_share": 0, "mix_in": 0}, author="test", note="")
    live = world.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0))
    while world.score(live):
        pass
    people, contexts = [], []
    for name in ("Nasrin", "Karim"):
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
        if RECORDING:
            context.tracing.start(screenshots=True, title=name)
        page = context.new_page()
        enter(world, page, name)
        people.append(Moderator(name, page))
        contexts.append(context)
    yield people[0], people[1]
    for one, context in zip(people, contexts, strict=True):
        if RECORDING:
            context.tracing.stop(path=Path(RECORDING) / f"{one.name}.zip")
        context.close()


def _held(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.scalar(text("SELECT count(*) FROM comments WHERE state = 'held'")) or 0


def test_a_queue_of_five_hundred_is_cleared_by_two_with_nothing_wrong_lost_or_doubled(
    world: World, desk: tuple[Moderator, Moderator]
) -> None:
    nasrin, karim = desk

    _from_both_ends(nasrin, karim)
    _over_the_same_list(nasrin, karim)
    _what_was_skipped(world, nasrin, karim)
    assert _held(world) == 0
    assert nasrin.refused
    assert karim.refused
    pressed = {**nasrin.made, **karim.made}
    assert len(pressed) == COMMENTS == len(nasrin.made) + len(karim.made)
    assert _recorded(world) == pressed
    assert _told(world) == {one: made[-1].verdict for one, made in pressed.items()}


def _from_both_ends(nasrin: Moderator, karim: Moderator) -> None:
    """The oldest first the one, the newest first the other, until they are about to meet."""
    for one, order in ((nasrin, "oldest"), (karim, "newest")):
        one.page.goto(f"/review?sort={order}")
    while len(nasrin.made) + len(karim.made) < COMMENTS - 60:
        nasrin.go_on()
        karim.go_on()


def _over_the_same_list(nasrin: Moderator, karim: Moderator) -> None:
    """Both go through one list: what one has open or has decided, the other is refused, and told why."""
    for one in (nasrin, karim):
        one.look()
        one.go_to("nav a[href='/review']")
    hers = nasrin.page.evaluate("[...document.querySelectorAll('[data-row]')].map(row => row.dataset.row)")
    while karim.look()["here"] not in hers[4:]:
        karim.press("j")
    karim.follow()
    opened = karim.page.url.rpartition("/")[2]
    expect(karim.page.locator("[data-told]")).to_contain_text("আপনার কাছে খোলা")
    while opened not in nasrin.refused and not nasrin.done:
        nasrin.go_on()
    expect(nasrin.page.locator(f'[data-row="{opened}"] .problem')).to_contain_text("Karim")
    karim.decide_on_card(Made("Karim", "reject", tuple(PREDICTED)), "d", "Enter")
    karim.decide_on_card(Made("Karim", "approve"), "a")
    karim.go_to(".back a")
    while not (nasrin.done and karim.done):
        for one in (nasrin, karim):
            if not one.done:
                one.go_on()


def _what_was_skipped(world: World, nasrin: Moderator, karim: Moderator) -> None:
    """Each takes up again what they had left to the other, and both had."""
    for one in (nasrin, karim):
        one.skips = False
        if _held(world):
            one.go_to(".ends button", "Shift+Tab")
            one.done = False
            while not one.done:
                one.go_on()


def _recorded(world: World) -> dict[str, list[Made]]:
    """The decisions of people, comment by comment, without those that only took one back."""
    asked = text(
        "SELECT c.public_id, m.name, d.verdict, d.labels FROM decisions d JOIN comments c ON c.id = d.comment_id"
        " JOIN moderators m ON m.id = d.moderator_id WHERE d.verdict IS NOT NULL ORDER BY d.id"
    )
    found: dict[str, list[Made]] = defaultdict(list)
    with world.runtime.reading() as connection:
        for public_id, name, verdict, labels in connection.execute(asked):
            found[str(public_id)].append(Made(name, verdict, tuple(labels)))
    return dict(found)


def _told(world: World) -> dict[str, str]:
    """What the site hears of each comment that a person decided, exactly once: a second callback fails here."""
    asked = text(
        "SELECT c.public_id, k.payload->>'verdict' AS verdict FROM callbacks k JOIN comments c ON c.id = k.comment_id"
        " JOIN decisions d ON d.id = k.decision_id WHERE k.state <> 'cancelled' AND d.moderator_id IS NOT NULL"
    )
    with world.runtime.reading() as connection:
        rows = [(str(public_id), verdict) for public_id, verdict in connection.execute(asked)]
    assert len(rows) == len(dict(rows))
    return dict(rows)
