"""A desk in the middle of its day, for the pages' checks and pictures: one world with something on every page.

It is made by the product's own steps out of the sample discussion and the bundle that is shipped, so that what a page
shows is what a page would show.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle
from typing import Final

import numpy as np
from sqlalchemy import insert, select, text, update

from classifiers import compare_profiles, profile_of, read_profile
from moderation.demo.discussion import SAMPLE, Comment, Discussion
from moderation.domain.audit import Lot
from moderation.domain.event import AuthorFacts, Created, StoryFacts
from moderation.domain.keeper import OPERATOR
from moderation.domain.vocabulary import BodyFormat, CallbackState, Label, ListAction, RejectReason, Role, Verdict
from moderation.drawing.histograms import drift_picture
from moderation.steps import deciding, holding, listing_terms, promoting, reviewing, sanctioning, scoring, tending
from moderation.steps.deciding import Judgement, Seen
from moderation.steps.sanctioning import Acting
from moderation.steps.scoring import Aside
from moderation.store import drift, term_lists
from moderation.store.drift import Measured
from moderation.store.schema import Callback, CallbackAttempt
from tests.factories import World, make_created
from tests.made_bundles import constant_bundle
from tests.moderation.web.dashboard.test_card import STARTER

ADMINISTRATOR: Final = "নাসরিন সুলতানা"
COLLEAGUES: Final = (
    ("করিম উদ্দিন", "karim", Role.EDITOR),
    ("Farhana Islam", "farhana", Role.MODERATOR),
    ("তানভীর হাসান", "tanvir", Role.VIEWER),
)
MATCH: Final = StoryFacts("t20", "https://khela.example/t20", "শেষ ওভারের নাটকে সিরিজ বাংলাদেশের", "খেলা")
CIVIL: Final = (
    "দারুণ খেলেছে সবাই, অভিনন্দন।",
    "শেষ ওভারটা দেখে হাত-পা কাঁপছিল!",
    "Bowling ta ajke onek bhalo chilo.",
    "Great win, well deserved.",
    "ফিল্ডিং আরও ভালো করতে হবে, তিনটা ক্যাচ পড়েছে।",
    "মাঠের পরিবেশটা খুব সুন্দর লাগল।",
    "Next match er ticket kobe theke?",
    "তরুণদের সুযোগ দেওয়াটা কাজে লেগেছে।",
)
PLAIN: Final = Aside()
_HARM: Final = {Label.TOXICITY, Label.INSULT}


@dataclass(frozen=True, slots=True)
class Showcase:
    """``link`` is the administrator's one-time link, ``unused`` that of somebody who has not come yet; ``values`` fill
    the places of addresses."""

    link: str
    unused: str
    values: Mapping[str, str]


def furnish(world: World) -> Showcase:
    """Fills an empty database; some two seconds."""
    starter = _bundles(world)
    khobor, khela = world.make_site("khobor"), world.make_site("khela")
    people = _people(world)
    for site_id in (khobor, khela):
        world.make_endpoint(site_id, f"https://{'khobor' if site_id == khobor else 'khela'}.example/callbacks")
    list_id = _term_lists(world, khobor)
    held = _discussion(world, khobor)
    wave = _wave(world, khobor)
    _score(world)
    _match(world, khela)
    _score(world, Aside(shadow=world.runtime.shadow.current, lots=lambda _: Lot(0.0, 0.0, 0.5)))
    _decide(world, people)
    _hand_on(world, people, held)
    story_id = _stories(world, khela)
    author_id = _authors(world, people[0])
    _deliveries(world)
    _drift(world, starter)
    _age(world)
    return Showcase(
        link=f"/welcome/{world.invite(ADMINISTRATOR, Role.ADMINISTRATOR, mailbox='nasrin')}",
        unused=f"/welcome/{world.invite('Rafiq')}",
        values={
            "public_id": str(held),
            "alike_id": str(wave),
            "story_id": str(story_id),
            "author_id": str(author_id),
            "slug": "khobor",
            "list_id": str(list_id),
            "bundle_id": str(starter),
            "moderator_id": str(people[0]),
        },
    )


def _people(world: World) -> list[int]:
    for name, mailbox, role in COLLEAGUES:
        world.invite(name, role, mailbox=mailbox)
    with world.runtime.reading() as connection:
        return list(connection.scalars(text("SELECT id FROM moderators ORDER BY id")))


def _bundles(world: World) -> int:
    """The shipped one is live, another scores in its shadow."""
    promoting.ensure_starter(world.work, STARTER)
    with world.work() as unit:
        promoting.register(unit, constant_bundle("candidate", -3.0), origin="retrain")
    promoting.set_shadow(world.work, "candidate")
    live = world.runtime.live.current()
    assert live is not None
    return live.bundle_id


def _term_lists(world: World, site_id: int) -> int:
    """Two lists; the first has an older version to be compared with."""
    list_id = world.make_term_list(site_id, "শালা\nkhanki\nবাল | নয় বালাম, বালুচ", ListAction.HOLD, "গালি")
    world.make_term_list(site_id, "telegram\ncasino", ListAction.MARK, "Advertising")
    with world.runtime.reading() as connection:
        listed = term_lists.find(connection, site_id, list_id)
    listing_terms.save(
        world.work,
        listed=listed,
        action=ListAction.HOLD,
        terms=listing_terms.terms_in("শালা\nkhanki\nবাল | নয় বালাম, বালুচ\nকুত্তা"),
        note="আজকের আলোচনায় বারবার আসছে",
        expected=listed.version.n,
        by=OPERATOR,
    )
    return list_id


def _discussion(world: World, site_id: int) -> uuid.UUID:
    """The sample discussion; returns its angriest comment, the card that is looked at."""
    sample = Discussion.model_validate_json(SAMPLE.read_text(encoding="utf-8"))
    events = [_created(world, sample, comment) for comment in sample.comments]
    receipts = world.receive(site_id, *events)
    wanted = next(at for at, one in enumerate(events) if one.comment_id.endswith("015"))
    public_id = receipts[wanted].public_id
    assert public_id is not None
    return public_id


def _wave(world: World, site_id: int) -> uuid.UUID:
    """One threat from many authors, with small changes; returns the first."""
    threat = "তোকে আর তোর পুরো পরিবারকে আমরা রাস্তায় দেখে নেব, সাবধান হয়ে যা"
    first, *_ = [
        world.make_comment(site_id, f"w-{n}", f"{threat}{ending}", author=AuthorFacts(f"w{n}", f"পাঠক {n + 1}"))
        for n, ending in enumerate(("", "!", "!!", " ভাই", "", " শালা"))
    ]
    return first


def _created(world: World, sample: Discussion, comment: Comment) -> Created:
    now = world.runtime.now()
    story = StoryFacts(sample.story.id, sample.story.url, sample.story.title, sample.story.section)
    author = AuthorFacts(comment.author.id, comment.author.name)
    written = make_created(comment.id, comment.body, story=story, author=author, parent_id=comment.parent_id)
    at = now - timedelta(minutes=comment.minutes_ago)
    return replace(written, format=BodyFormat(comment.format), language=comment.language, created_at=at)


def _match(world: World, site_id: int) -> None:
    """A calm story at the other site, enough of it to estimate errors from."""
    now = world.runtime.now()
    for n, body in zip(range(40), cycle(CIVIL), strict=False):
        author = AuthorFacts(f"m{n % 11}", f"দর্শক {n % 11 + 1}")
        at = now - timedelta(minutes=10 * n + 5)
        world.receive(site_id, make_created(f"m-{n:03}", body, story=MATCH, author=author, created_at=at))


def _score(world: World, aside: Aside = PLAIN) -> None:
    while scoring.score_comments(world.work, world.runtime.live.current, now=world.runtime.now, aside=aside):
        pass


def _seen(world: World, *comment_ids: str) -> Sequence[Seen]:
    asked = text("SELECT public_id, current_revision, version FROM comments WHERE ext_id = ANY(:ids) ORDER BY id")
    with world.runtime.reading() as connection:
        return [Seen(*row) for row in connection.execute(asked, {"ids": list(comment_ids)})]


def _decide(world: World, people: Sequence[int]) -> None:
    """What the desk did so far today: ordinary comments looked through, some of the discussion rejected."""
    acts = [
        (one, Judgement(people[n % 2], Role.MODERATOR, Verdict.APPROVE))
        for n, one in enumerate(_seen(world, *(f"m-{n:03}" for n in range(3, 40))))
    ]
    spam = Judgement(people[1], Role.MODERATOR, Verdict.REJECT, (), RejectReason.OFF_TOPIC)
    harm = Judgement(people[0], Role.EDITOR, Verdict.REJECT, tuple(_HARM))
    acts += [(one, spam) for one in _seen(world, "c-010", "c-020")]
    acts += [(one, harm) for one in _seen(world, "c-018", "c-034")]
    for seen, judgement in acts:
        deciding.decide(world.work, judgement, seen, undo_seconds=0, now=world.runtime.now())


def _hand_on(world: World, people: Sequence[int], held: uuid.UUID) -> None:
    now = world.runtime.now()
    reviewing.note_comment(world.work, moderator_id=people[1], public_id=held, text="গতকালও একই কথা লিখেছিলেন।")
    reviewing.note_author(world.work, moderator_id=people[1], public_id=held, text="একবার সতর্ক করা হয়েছে।")
    note = "নাম ধরে গালি: সম্পাদক দেখুন।"
    reviewing.escalate(world.work, moderator_id=people[1], public_id=held, to_id=None, note=note, now=now)
    (other,) = _seen(world, "c-013")
    reviewing.claim(world.work, moderator_id=people[1], public_id=other.public_id, now=now)


def _authors(world: World, moderator_id: int) -> int:
    """Somebody who was warned, then suspended for a time, and whose comments were decided; returns them."""
    with world.runtime.reading() as connection:
        author_id = connection.scalar(text("SELECT author_id FROM comments WHERE ext_id = 'c-001'"))
        name = connection.scalar(text("SELECT name FROM authors WHERE id = :id"), {"id": author_id})
    assert author_id is not None
    now = world.runtime.now()
    editor = Acting(moderator_id, Role.EDITOR, version=0)
    sanctioning.warn(world.work, author_id, editor, reason="কটু কথা", notice="ভদ্র ভাষায় লিখুন।", now=now)
    sanctioning.suspend(
        world.work, author_id, replace(editor, version=1), days=7, reason="আবারও", typed_name=name or "", now=now
    )
    return int(author_id)


def _stories(world: World, khela: int) -> int:
    """The discussion's story is watched and held for a while; so is, for a reason, a whole site."""
    now = world.runtime.now()
    with world.runtime.reading() as connection:
        story_id = connection.scalar(text("SELECT story_id FROM comments WHERE ext_id = 'c-001'"))
    assert story_id is not None
    tending.watch(world.work, story_id, on=True, by="moderator 1")
    tending.hold(world.work, story_id, hours=6, reason="গালাগালি বেড়েছে", by="moderator 1", now=now)
    holding.hold(world.work, khela, "khela", hours=1, reason="ফাইনালের রাত", by="moderator 1", now=now)
    return int(story_id)


def _deliveries(world: World) -> None:
    """Most arrived, one was given up, the latest are on their way."""
    with world.work() as unit:
        ids = list(unit.connection.scalars(select(Callback.id).order_by(Callback.id)))
        done = {"state": CallbackState.DELIVERED.value, "attempts": 1, "done_at": world.runtime.now()}
        unit.connection.execute(update(Callback).where(Callback.id.in_(ids[:-3])).values(done))
        given_up = {"state": CallbackState.PARKED.value, "attempts": 10}
        unit.connection.execute(update(Callback).where(Callback.id == ids[-4]).values(given_up))
        attempt = {"callback_id": ids[-4], "status": 503, "code": "http_error"}
        unit.connection.execute(insert(CallbackAttempt).values(attempt))


def _drift(world: World, bundle_id: int) -> None:
    live = world.runtime.live.current()
    assert live is not None
    texts = [*CIVIL, "তোর মতো ছাগল কম দেখেছি", "শালা চোর"]
    scored = live.bundle.score(texts)
    profile = profile_of(
        live.bundle,
        [one.normalised for one in scored],
        [one.script for one in scored],
        np.array([one.scores for one in scored]),
    )
    usual = read_profile(live.bundle.metrics["reference"])
    assert usual is not None
    now, reference = profile.to_dict(), usual.to_dict()
    found = compare_profiles(usual, profile).to_dict()
    measured = Measured("starter", bundle_id, 900, "training", now, reference, found, world.runtime.now())
    with world.work() as unit:
        drift.record(unit.connection, measured, drift_picture({"profile": now, "reference": reference}))


def _age(world: World) -> None:
    """Comments came when they were written, not all in this moment."""
    with world.work() as unit:
        unit.connection.execute(text("UPDATE comments SET received_at = created_at"))
