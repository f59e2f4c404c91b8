"""The people of an installation as those who manage them see them, and what these change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from moderation.domain.authority import Held
from moderation.domain.vocabulary import Role
from moderation.store.schema import Invitation, Membership, Moderator, SecondFactor

_LOCK: Final = 0x70656F706C65
"""The key of the advisory lock: "people" in ASCII."""


@dataclass(frozen=True, slots=True)
class Person:
    """``has_password`` is false until their first one-time link was used."""

    id: int
    name: str
    email: str
    seen_at: datetime | None
    disabled_at: datetime | None
    has_password: bool
    has_codes: bool
    """Whether the log-in asks them for a one-time code."""
    held: tuple[Held, ...]


_PERSON: Final = (
    select(
        Moderator.id,
        Moderator.name,
        Moderator.email,
        Moderator.seen_at,
        Moderator.disabled_at,
        Moderator.password_hash.is_not(None).label("has_password"),
        SecondFactor.confirmed_at.is_not(None).label("has_codes"),
    )
    .join(SecondFactor, SecondFactor.moderator_id == Moderator.id, isouter=True)
    .order_by(Moderator.disabled_at.is_not(None), func.lower(Moderator.name), Moderator.id)
)


def lock(connection: Connection) -> None:
    """Until the transaction ends nobody else changes what people may do, so that what was checked stays true."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def everybody(connection: Connection) -> list[Person]:
    """All people, closed accounts last. A desk has some dozens."""
    rows = connection.execute(_PERSON).all()
    held = _held(connection, [row.id for row in rows])
    return [Person(*row, held=held.get(row.id, ())) for row in rows]


def person(connection: Connection, moderator_id: int) -> Person | None:
    row = connection.execute(_PERSON.where(Moderator.id == moderator_id)).one_or_none()
    return Person(*row, held=_held(connection, [row.id]).get(row.id, ())) if row else None


def by_email(connection: Connection, email: str) -> Person | None:
    """The person with this address, also where their account is closed."""
    row = connection.execute(_PERSON.where(Moderator.email == email)).one_or_none()
    return Person(*row, held=_held(connection, [row.id]).get(row.id, ())) if row else None


def held_by(connection: Connection, moderator_id: int) -> tuple[Held, ...]:
    """The roles of somebody whose account is open; none where it is closed."""
    found = person(connection, moderator_id)
    return found.held if found is not None and found.disabled_at is None else ()


def _held(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Held, ...]]:
    rows = connection.execute(
        select(Membership.moderator_id, Membership.site_id, Membership.role)
        .where(Membership.moderator_id.in_(ids))
        .order_by(Membership.site_id.nulls_first())
    )
    found: dict[int, tuple[Held, ...]] = {}
    for row in rows:
        found[row.moderator_id] = (*found.get(row.moderator_id, ()), Held(row.site_id, Role(row.role)))
    return found


def take_role(connection: Connection, moderator_id: int, site_id: int | None) -> None:
    here = Membership.site_id.is_(None) if site_id is None else Membership.site_id == site_id
    connection.execute(delete(Membership).where(Membership.moderator_id == moderator_id, here))


def disable(connection: Connection, moderator_id: int, now: datetime) -> None:
    """Closes an account; links that were not used become void."""
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(disabled_at=now))
    connection.execute(
        update(Invitation)
        .where(Invitation.moderator_id == moderator_id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )


def enable(connection: Connection, moderator_id: int) -> None:
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(disabled_at=None))
