"""Authors as a desk sees them: one with its counts and what is in force, and the sanctions of one, present and past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import aliased

from moderation.domain.sanction import in_force
from moderation.domain.vocabulary import Sanction, State
from moderation.store.review_queue import drawn_of_author
from moderation.store.schema import Author, AuthorSanction, Moderator, Site

SHOWN: Final = 50
"""Sanctions of one author that are read, the newest ones."""


@dataclass(frozen=True, slots=True)
class AuthorPlace:
    """A reader at one site. ``published`` and ``rejected`` count their comments that are in that state now."""

    id: int
    site_id: int
    slug: str
    site: str
    ext_id: str
    name: str
    registered_at: datetime | None
    created_at: datetime
    published: int
    rejected: int
    sanction: str | None
    sanctioned_until: datetime | None
    version: int

    def standing(self, now: datetime) -> Sanction | None:
        return in_force(self.sanction, self.sanctioned_until, now)

    @property
    def settled(self) -> int:
        """Comments that were published or rejected, whatever became of the others."""
        return self.published + self.rejected

    @property
    def share_rejected(self) -> float | None:
        return self.rejected / self.settled if self.settled else None


@dataclass(frozen=True, slots=True)
class Imposed:
    """A sanction as it stands in the author's history."""

    id: int
    kind: Sanction
    reason: str
    notice: str
    until: datetime | None
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None

    def runs(self, now: datetime) -> bool:
        over = self.ended_at is not None or (self.until is not None and self.until <= now)
        return self.kind is not Sanction.WARNING and not over


_PLACE: Final = (
    Author.id,
    Author.site_id,
    Site.slug,
    Site.name,
    Author.ext_id,
    Author.name,
    Author.registered_at,
    Author.created_at,
    Author.published,
    Author.rejected,
    Author.sanction,
    Author.sanctioned_until,
    Author.version,
)


def find(connection: Connection, author_id: int, site_ids: Sequence[int]) -> AuthorPlace | None:
    """The author; ``None`` for one of another site too. What waits for a blind look counts as waiting."""
    row: Any = connection.execute(
        select(*_PLACE)
        .join(Site, Site.id == Author.site_id)
        .where(Author.id == author_id, Author.site_id == func.any(list(site_ids)))
    ).one_or_none()
    if row is None:
        return None
    place = AuthorPlace(*row)
    drawn = drawn_of_author(connection, place.site_id, place.id)
    return replace(
        place,
        published=place.published - drawn.get(State.PUBLISHED, 0),
        rejected=place.rejected - drawn.get(State.REJECTED, 0),
    )


def lock(connection: Connection, author_id: int) -> AuthorPlace | None:
    """The author, locked for this transaction; new comments of theirs can still be stored."""
    row: Any = connection.execute(
        select(*_PLACE)
        .join(Site, Site.id == Author.site_id)
        .where(Author.id == author_id)
        .with_for_update(of=Author, key_share=True)
    ).one_or_none()
    return AuthorPlace(*row) if row else None


def change(
    connection: Connection, author_id: int, *, sanction: Sanction | None, until: datetime | None, version: int
) -> None:
    """What is in force from now on, and the version that the site hears."""
    values = {"sanction": sanction.value if sanction else None, "sanctioned_until": until, "version": version}
    connection.execute(update(Author).where(Author.id == author_id).values(**values))


def impose(
    connection: Connection,
    place: AuthorPlace,
    kind: Sanction,
    *,
    reason: str,
    notice: str,
    until: datetime | None,
    by_id: int,
    at: datetime,
) -> None:
    connection.execute(
        insert(AuthorSanction).values(
            site_id=place.site_id,
            author_id=place.id,
            kind=kind.value,
            reason=reason,
            notice=notice,
            until=until,
            by_id=by_id,
            at=at,
        )
    )


def end_running(connection: Connection, author_id: int, *, by_id: int, at: datetime) -> None:
    """Ends the suspension or ban of a locked author; one whose time is over ended then, and by nobody."""
    over = AuthorSanction.until.is_not(None) & (AuthorSanction.until <= at)
    running = (
        (AuthorSanction.author_id == author_id)
        & AuthorSanction.ended_at.is_(None)
        & (AuthorSanction.kind != Sanction.WARNING.value)
    )
    connection.execute(update(AuthorSanction).where(running, over).values(ended_at=AuthorSanction.until))
    connection.execute(update(AuthorSanction).where(running).values(ended_at=at, ended_by_id=by_id))


def sanctions_of(connection: Connection, author_id: int) -> list[Imposed]:
    """The newest first."""
    ender = aliased(Moderator)
    rows: Any = connection.execute(
        select(
            AuthorSanction.id,
            AuthorSanction.kind,
            AuthorSanction.reason,
            AuthorSanction.notice,
            AuthorSanction.until,
            Moderator.name,
            AuthorSanction.at,
            AuthorSanction.ended_at,
            ender.name,
        )
        .join(Moderator, Moderator.id == AuthorSanction.by_id)
        .outerjoin(ender, ender.id == AuthorSanction.ended_by_id)
        .where(AuthorSanction.author_id == author_id)
        .order_by(AuthorSanction.id.desc())
        .limit(SHOWN)
    )
    return [Imposed(identity, Sanction(kind), *rest) for identity, kind, *rest in rows]
