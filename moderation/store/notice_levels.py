"""The states that are watched: how much waits, who cannot be reached, and what was told of each last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain.notice import NoticeKind
from moderation.store.schema import Endpoint, NoticeLevel, Story


@dataclass(frozen=True, slots=True)
class Level:
    """Whether a state is over its limit; whether that was told last, and when it was last told to be over."""

    over: bool = False
    told_over: bool = False
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """How many comments of a site wait for a person, counted up to what was asked, and since when the oldest does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address of a site. ``failing_since`` is ``None`` where it answers, or nothing was sent since it was mended."""

    endpoint_id: int
    site_id: int
    url: str
    failures: int
    failing_since: datetime | None
    disabled_at: datetime | None


_HELD: Final = text("""
SELECT (SELECT count(*) FROM (SELECT FROM comments WHERE site_id = :site_id AND state = 'held' LIMIT :most) counted),
       (SELECT state_at FROM comments WHERE site_id = :site_id AND state = 'held' ORDER BY state_at LIMIT 1)
""")


def held(connection: Connection, site_id: int, *, most: int) -> Held:
    """Both answers come from partial indexes that hold only what waits; ``most`` bounds the count."""
    return Held(*connection.execute(_HELD, {"site_id": site_id, "most": most}).one())


def receivers(connection: Connection, site_ids: Sequence[int]) -> list[Receiver]:
    rows = connection.execute(
        select(
            Endpoint.id,
            Endpoint.site_id,
            Endpoint.url,
            Endpoint.failures,
            Endpoint.failing_since,
            Endpoint.disabled_at,
        )
        .where(Endpoint.site_id == func.any(list(site_ids)))
        .order_by(Endpoint.id)
    )
    return [Receiver(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class TrippedStory:
    """A story of whose breaker people were told, and until when it is held."""

    site_id: int
    story_id: int
    title: str
    held_until: datetime | None


def tripped_stories(connection: Connection) -> list[TrippedStory]:
    """The stories that were last told to be held by themselves, kept from others until the transaction ends.

    Each is read once its state is locked: one that trips again at that moment would else be told to be free, since that
    was read before, and nobody would be told of the hold.
    """
    told = [
        int(subject)
        for subject in connection.scalars(
            select(NoticeLevel.subject)
            .where(NoticeLevel.kind == NoticeKind.STORY_BREAKER.value, NoticeLevel.told_over)
            .order_by(NoticeLevel.site_id, NoticeLevel.subject)
            .with_for_update()
        )
    ]
    rows: Any = connection.execute(
        select(Story.site_id, Story.id, Story.title, Story.held_until).where(Story.id.in_(told)).order_by(Story.id)
    )
    return [TrippedStory(*row) for row in rows]


def lock(connection: Connection, site_id: int, kind: NoticeKind, subject: str) -> Level:
    """What is known of a state, kept from others until the transaction ends; as never over where nothing is known."""
    row = connection.execute(
        select(NoticeLevel.over, NoticeLevel.told_over, NoticeLevel.told_at)
        .where(NoticeLevel.site_id == site_id, NoticeLevel.kind == kind.value, NoticeLevel.subject == subject)
        .with_for_update()
    ).one_or_none()
    return Level(*row) if row else Level()


def save(connection: Connection, site_id: int, kind: NoticeKind, subject: str, level: Level) -> None:
    values = {"over": level.over, "told_over": level.told_over, "told_at": level.told_at}
    connection.execute(
        upsert(NoticeLevel)
        .values(site_id=site_id, kind=kind.value, subject=subject, **values)
        .on_conflict_do_update(index_elements=[NoticeLevel.site_id, NoticeLevel.kind, NoticeLevel.subject], set_=values)
    )
