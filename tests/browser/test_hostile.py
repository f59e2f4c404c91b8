"""Hundreds of hostile texts wherever something shows what people wrote: nothing runs, moves or is lost."""

import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from moderation.domain.event import AuthorFacts, Created, StoryFacts
from moderation.domain.vocabulary import ListAction, Role, Verdict
from moderation.steps import deciding, reviewing, tending
from moderation.steps.deciding import Judgement, Seen
from moderation.store import policies
from moderation.web.dashboard import decisions, deliveries, review_list, search
from moderation.web.dashboard.displaying import MOST_MARKS
from tests.browser.alarms import Alarms
from tests.browser.desk import enter
from tests.browser.hostile import ACTS, BREAKERS, VECTORS, hostile_texts, payloads
from tests.factories import World, make_created

pytestmark = pytest.mark.browser

ON_A_PAGE: Final = 100
TAME: Final = make_created(body="শুভ সকাল", story=StoryFacts("t", "https://khobor.example/t", "খবর", ""))
VIOLENT: Final = (0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)
RAW: Final = [vector.format(act=ACTS[n % len(ACTS)]) for n, vector in enumerate(VECTORS)]
"""Each vector as it is, for pages that show one comment at a time."""


@pytest.fixture(autouse=True)
def _large_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (decisions, deliveries, review_list, search):
        monkeypatch.setattr(module, "PAGE", ON_A_PAGE)


@pytest.fixture
def alarms(world: World, page: Page, address: str) -> Alarms:
    """At the desk as an administrator, with alarms on every page from here on."""
    enter(world, page, role=Role.ADMINISTRATOR)
    return Alarms(page, address)


def _hostile(n: int, texts: Sequence[str]) -> Created:
    """Comment ``n`` has the text ``n``; the two texts after it are the names of its author and of its story."""
    named, titled = texts[(n + 1) % len(texts)][:300], texts[(n + 2) % len(texts)][:1000]
    story = StoryFacts(f"story {n}", "https://khobor.example/s", titled, "")
    return make_created(f"{n} {texts[n]}"[:200], texts[n], author=AuthorFacts(f"author {n}", named), story=story)


def _hold(world: World, site_id: int, events: Sequence[Created]) -> dict[str, Created]:
    """Receives them and holds them all; returns them by the addresses of their cards, in order."""
    known: dict[str, Created] = {}
    for n in range(0, len(events), ON_A_PAGE):
        some = events[n : n + ON_A_PAGE]
        receipts = world.receive(site_id, *some)
        known |= {f"/review/{one.public_id}": event for one, event in zip(receipts, some, strict=True)}
    live = world.words(**{"": VIOLENT})
    while world.score(live):
        pass
    with world.work() as unit:  # payloads are alike; here each is to have its own row
        unit.connection.execute(text("UPDATE comments SET alike_to = NULL"))
    return known


def _shown(written: str) -> str:
    """What must be readable of a text: all of it, but for marks beyond what a letter can bear."""
    kept: list[str] = []
    marks = 0
    for one in written:
        marks = marks + 1 if unicodedata.category(one) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(one)
    return "".join(kept)


def _pages(page: Page, alarms: Alarms, path: str) -> Iterator[int]:
    """Goes through a list to its end; gives how many rows each page has."""
    following: str | None = path
    while following:
        alarms.look_at(following)
        yield page.locator("[data-row]").count()
        more = page.locator("a.next")
        following = more.get_attribute("href") if more.count() else None


def _check_rows(page: Page, alarms: Alarms, path: str, known: Mapping[str, Created], *, names: bool = True) -> None:
    """Every comment is on the list, with exactly its words and its names, and every row is in its place."""
    seen = set()
    for count in _pages(page, alarms, path):
        rows = alarms.rows()
        assert len(rows) == count
        for row in rows:
            event = known[row["address"]]
            assert row["words"] == _shown(event.body)
            if names:
                assert {event.story.title, event.author.name} <= set(row["names"])
            seen.add(row["address"])
        lefts, tops, rights, bottoms = zip(*(row["place"] for row in rows), strict=True)
        assert len(set(lefts)) == len(set(rights)) == 1
        assert all(bottom < top for bottom, top in zip(bottoms, tops[1:], strict=False))
    assert seen == set(known)


def test_five_hundred_payloads_run_nowhere_and_are_read_as_they_were_written(
    world: World, page: Page, alarms: Alarms
) -> None:
    texts = hostile_texts()
    assert len(set(payloads())) >= 500
    site_id = world.make_site()
    world.make_endpoint(site_id)
    known = _hold(world, site_id, [_hostile(n, texts) for n in range(len(texts))])
    _check_rows(page, alarms, "/review?sort=oldest", known)
    _check_rows(page, alarms, "/search", known)
    _decide(world, known)
    _check_rows(page, alarms, "/decisions", known, names=False)
    _close_stories(world)
    titles: set[str] = set()
    for _ in islice(_pages(page, alarms, "/deliveries"), len(texts) // ON_A_PAGE + 1):  # the newest tell of stories
        titles.update(name for row in alarms.rows() for name in row["names"])
    assert titles >= {event.story.title for event in known.values()}


def _decide(world: World, known: Mapping[str, Created]) -> None:
    judgement = Judgement(world.make_moderator("Karim"), Role.MODERATOR, Verdict.APPROVE)
    with world.runtime.reading() as connection:
        rows = connection.execute(
            text("SELECT public_id, current_revision, version FROM comments WHERE state = 'held'")
        )
        seen = [Seen(*row) for row in rows]
    assert len(seen) == len(known)
    for n in range(0, len(seen), ON_A_PAGE):
        deciding.decide_many(world.work, judgement, seen[n : n + ON_A_PAGE], undo_seconds=0, now=world.runtime.now())


def _close_stories(world: World) -> None:
    with world.runtime.reading() as connection:
        ids = list(connection.scalars(text("SELECT id FROM stories ORDER BY id")))
    for story_id in ids:
        tending.close(world.work, story_id, by="moderator 1", role=Role.EDITOR, now=world.runtime.now())


def test_what_breaks_a_look_stays_in_its_box_and_leaves_its_neighbours_where_they_are(
    world: World, page: Page, alarms: Alarms
) -> None:
    texts = [*BREAKERS, *RAW]
    events = [_tame(0)]
    for n in range(len(texts)):
        events += [_hostile(n, texts), _tame(n + 1)]
    site_id = world.make_site()
    with world.work() as unit:  # a card that hides its reasons looks different from one that does not
        policies.save(unit.connection, site_id, {"audit_share": 0, "mix_in": 0}, author="test", note="")
    known = _hold(world, site_id, events)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for _ in _pages(page, alarms, "/review?sort=oldest"):
            rows = alarms.rows()
            tame = [row for row in rows if known[row["address"]].body == TAME.body]
            assert len(tame) >= len(rows) // 2
            first = tame[1]["shape"]  # the very first row is the current one, which shows its keys
            moved = [set(row["shape"]) ^ set(first) for row in tame[1:] if row["shape"] != first]
            assert moved == []
            assert all(row["own"] for row in rows)
            highest = max(bottom - top for _, top, _, bottom in (row["place"] for row in rows))
            assert highest < 800
    page.set_viewport_size({"width": 1280, "height": 800})
    _check_cards(world, page, alarms, {at: event for at, event in known.items() if event.body != TAME.body})


def _tame(n: int) -> Created:
    return make_created(f"tame {n}", TAME.body, story=TAME.story)


def _check_cards(world: World, page: Page, alarms: Alarms, known: Mapping[str, Created]) -> None:
    """The same as cards, each with its text as a note too, and handed on with it."""
    nasrin = 1
    for at, event in known.items():
        public_id, note = uuid.UUID(at.rpartition("/")[2]), event.body[:500]
        if note.strip():
            reviewing.note_comment(world.work, moderator_id=nasrin, public_id=public_id, text=note)
        alarms.look_at(at)
        assert page.locator(".about h1").text_content() == event.story.title
        assert page.locator("bdi.author").text_content() == event.author.name
        assert page.evaluate("alarms.words(document.querySelector('.body .text'))") == _shown(event.body)


def test_terms_and_queries_are_only_words(world: World, page: Page, alarms: Alarms) -> None:
    for written in RAW:
        alarms.look_at(f"/search?{urlencode({'q': written})}")
        assert page.locator("input[name=q]").input_value() == written.replace("\n", "")
    terms = [one for one in RAW if "|" not in one and "\n" not in one]
    list_id = world.make_term_list(world.make_site("khobor"), "\n".join(terms), ListAction.HOLD, RAW[0][:60])
    alarms.look_at("/terms")
    assert page.locator("a", has_text=RAW[0]).count() == 1
    alarms.look_at(f"/terms/khobor/{list_id}")
    assert len(page.locator("textarea[name=terms]").input_value().splitlines()) == len(terms)
    page.locator("textarea[name=sentence]").fill(f"{RAW[0]} {RAW[4]}")
    page.locator("button[formaction]").first.click()
    page.locator(".findings").wait_for()
    alarms.check("what a sentence hits")
