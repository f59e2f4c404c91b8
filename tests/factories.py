"""A small named world: ``make_*`` functions with overrides, all through the product's own steps."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from moderation.domain.event import AuthorFacts, Created, Delivery, Event, Receipt, StoryFacts
from moderation.domain.keeper import OPERATOR
from moderation.domain.vocabulary import BodyFormat, ListAction, Mode, Role
from moderation.runtime import Runtime
from moderation.steps import enrolling, listing_terms, receiving, scoring
from moderation.store.comments import CommentStatus, status_of
from moderation.store.schema import Endpoint, Membership, Moderator, Site
from moderation.store.unit_of_work import Work
from tests.fakes import FixedLive, ScoresByWord

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
"""A little after the real time, on whatever day the tests run: what the database stamps by its own clock lies before,
by less than a day."""


def make_created(comment_id: str = "c1", body: str = "শুভ সকাল", **overrides: object) -> Created:
    created = Created(
        comment_id=comment_id,
        story=StoryFacts("s1", "https://khobor.example/s1", "প্রতিরক্ষা আলোচনা", "জাতীয়"),
        author=AuthorFacts("a1", "রহিম"),
        parent_id=None,
        body=body,
        format=BodyFormat.PLAIN,
        language=None,
        created_at=NOW,
    )
    return replace(created, **overrides)  # type: ignore[arg-type]


def make_delivery(event: Event, webhook_id: str | None = None) -> Delivery:
    digest = hashlib.sha256(repr(event).encode()).digest()
    return Delivery(webhook_id or f"msg_{uuid.uuid4().hex}", digest, event)


@dataclass
class World:
    """A database with the makers that tests need; every maker goes through a step or a plain insert."""

    runtime: Runtime
    work: Work
    sites: dict[str, int] = field(default_factory=dict)

    def make_site(self, slug: str = "khobor", mode: Mode = Mode.PUBLISH_FIRST) -> int:
        with self.work() as unit:
            site_id = unit.connection.execute(
                insert(Site)
                .values(slug=slug, name=slug.title(), url=f"https://{slug}.example", mode=mode.value)
                .returning(Site.id)
            ).scalar_one()
        self.sites[slug] = site_id
        return site_id

    def make_moderator(self, name: str = "Nasrin", role: Role = Role.MODERATOR, site_id: int | None = None) -> int:
        with self.work() as unit:
            moderator_id = unit.connection.execute(
                insert(Moderator).values(email=f"{name.lower()}@desk.example", name=name).returning(Moderator.id)
            ).scalar_one()
            unit.connection.execute(
                insert(Membership).values(moderator_id=moderator_id, site_id=site_id, role=role.value)
            )
        return moderator_id

    def invite(
        self, name: str = "Nasrin", role: Role = Role.MODERATOR, site: str | None = None, mailbox: str | None = None
    ) -> str:
        """The token of a one-time link, as an operator's command makes it."""
        return enrolling.invite_moderator(
            self.runtime.work,
            self.runtime.vault,
            email=f"{mailbox or name.lower()}@desk.example",
            name=name,
            role=role,
            site_slug=site,
            now=self.runtime.now(),
        )

    def make_endpoint(self, site_id: int, url: str = "https://khobor.example/callbacks") -> int:
        with self.work() as unit:
            return unit.connection.execute(
                insert(Endpoint).values(site_id=site_id, url=url).returning(Endpoint.id)
            ).scalar_one()

    def make_term_list(
        self, site_id: int, written: str = "শালা", action: ListAction = ListAction.HOLD, name: str = "slurs"
    ) -> int:
        return listing_terms.create(
            self.work,
            site_id=site_id,
            name=name,
            action=action,
            terms=listing_terms.terms_in(written),
            note="",
            by=OPERATOR,
        )

    def receive(self, site_id: int, *events: Event) -> list[Receipt]:
        return receiving.receive(self.work, site_id, [make_delivery(event) for event in events])

    def make_comment(
        self, site_id: int, comment_id: str = "c1", body: str = "শুভ সকাল", **overrides: object
    ) -> uuid.UUID:
        (receipt,) = self.receive(site_id, make_created(comment_id, body, **overrides))
        assert receipt.error is None
        assert receipt.public_id is not None
        return receipt.public_id

    def score(self, live: "FixedLive | None" = None, now: datetime | None = None) -> int:
        used = live or self.words()
        return scoring.score_comments(self.work, used.current, now=lambda: now or NOW)

    def words(self, **scores: Sequence[float]) -> "FixedLive":
        """A live classifier that scores a text by a word in it; registered so that scores can name it."""
        return FixedLive.registered(self.work, ScoresByWord(dict(scores)))

    def make_held(
        self, site_id: int, comment_id: str = "c1", body: str = "তোকে মারবো", **overrides: object
    ) -> uuid.UUID:
        public_id = self.make_comment(site_id, comment_id, body, **overrides)
        self.score(self.words(তোকে=(0.9, 0.2, 0.1, 0.1, 0.95, 0.0, 0.0)))
        return public_id

    def status(self, site_id: int, comment_id: str = "c1") -> CommentStatus:
        with self.runtime.reading() as connection:
            status = status_of(connection, site_id, comment_id)
        assert status is not None
        return status
