"""What people have chosen to be told, and what a site counts as too much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain.notice import CHOSEN_FROM, USUAL, NoticeKind, Way
from moderation.domain.vocabulary import Role
from moderation.store import moderators
from moderation.store.schema import NoticeChoice, SiteNotices

Chosen = frozenset[tuple[NoticeKind, Way]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody gets by which ways; ``webhook`` is the encrypted address of their own."""

    chosen: Chosen = USUAL
    webhook: bytes | None = None

    def ways_of(self, kind: NoticeKind) -> list[Way]:
        """By which ways somebody is told of this: not by a webhook that they have not."""
        return [way for way in Way if (kind, way) in self.chosen and (way is Way.EMAIL or self.webhook is not None)]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a site counts as too much, how long it is quiet after it was told, and what goes to its desk's webhook."""

    held_over: int | None = 200
    waits_over: timedelta | None = timedelta(hours=2)
    quiet: timedelta = timedelta(hours=1)
    webhook: bytes | None = None
    kinds: frozenset[NoticeKind] = field(default=frozenset(CHOSEN_FROM))
    language: str = "bn"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a site's desk, with their role there and what they have chosen."""

    id: int
    role: Role
    choice: Choice


def of_person(connection: Connection, moderator_id: int) -> Choice:
    return _choices(connection, [moderator_id]).get(moderator_id, Choice())


def of_desk(connection: Connection, site_id: int) -> list[Colleague]:
    """Everybody with a role at a site whose account is not closed."""
    people = moderators.at_site(connection, site_id)
    choices = _choices(connection, [one.id for one in people])
    return [Colleague(one.id, one.role, choices.get(one.id, Choice())) for one in people]


def _choices(connection: Connection, ids: Sequence[int]) -> Mapping[int, Choice]:
    rows = connection.execute(
        select(NoticeChoice.moderator_id, NoticeChoice.chosen, NoticeChoice.webhook).where(
            NoticeChoice.moderator_id.in_(ids)
        )
    )
    return {row.moderator_id: Choice(_chosen(row.chosen), row.webhook) for row in rows}


_PAIRS: Final = {f"{kind.value}:{way.value}": (kind, way) for kind in CHOSEN_FROM for way in Way}


def _chosen(written: Sequence[str]) -> Chosen:
    """What a later or earlier version wrote and this one does not know is left out."""
    return frozenset(_PAIRS[one] for one in written if one in _PAIRS)


def save_person(connection: Connection, moderator_id: int, choice: Choice) -> None:
    values = {"chosen": sorted(f"{kind.value}:{way.value}" for kind, way in choice.chosen), "webhook": choice.webhook}
    connection.execute(
        upsert(NoticeChoice)
        .values(moderator_id=moderator_id, **values)
        .on_conflict_do_update(index_elements=[NoticeChoice.moderator_id], set_=values)
    )


def limits_of(connection: Connection, site_ids: Sequence[int]) -> dict[int, Limits]:
    """The limits of each of these sites; the defaults where nobody has set any."""
    found = dict.fromkeys(site_ids, Limits())
    for row in connection.execute(select(SiteNotices.__table__).where(SiteNotices.site_id.in_(site_ids))):
        found[row.site_id] = Limits(
            held_over=row.held_over,
            waits_over=None if row.waits_over is None else timedelta(minutes=row.waits_over),
            quiet=timedelta(minutes=row.quiet),
            webhook=row.webhook,
            kinds=frozenset(kind for kind in CHOSEN_FROM if kind.value in row.kinds),
            language=row.language,
        )
    return found


def save_limits(connection: Connection, site_id: int, limits: Limits) -> None:
    values = {
        "held_over": limits.held_over,
        "waits_over": None if limits.waits_over is None else _minutes(limits.waits_over),
        "quiet": _minutes(limits.quiet),
        "webhook": limits.webhook,
        "kinds": sorted(kind.value for kind in limits.kinds),
        "language": limits.language,
    }
    connection.execute(
        upsert(SiteNotices)
        .values(site_id=site_id, **values)
        .on_conflict_do_update(index_elements=[SiteNotices.site_id], set_=values)
    )


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)
