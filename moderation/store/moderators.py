"""People of the desks: who they are, what they may do where, and what their last failed log-ins cost them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain.vocabulary import Role
from moderation.store.schema import Invitation, LoginAttempt, Membership, Moderator, Site


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    name: str
    email: str
    password_hash: str | None
    language: str


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role at one site; a role at every site is told as one entry for each."""

    site_id: int
    slug: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Attempts:
    """Consecutive attempts to log in that were not right, those under way among them."""

    count: int
    last_at: datetime


_ACCOUNT = (Moderator.id, Moderator.name, Moderator.email, Moderator.password_hash, Moderator.language)


def by_email(connection: Connection, email: str) -> Account | None:
    row = connection.execute(
        select(*_ACCOUNT).where(Moderator.email == email, Moderator.disabled_at.is_(None))
    ).one_or_none()
    return Account(*row) if row else None


def ids_by_email(connection: Connection, emails: Sequence[str]) -> dict[str, int]:
    """The ids of those people among these who are known, also of those whose accounts are closed."""
    rows = connection.execute(select(Moderator.email, Moderator.id).where(Moderator.email.in_(emails)))
    return {row.email: row.id for row in rows}


def by_invitation(connection: Connection, digest: bytes, now: datetime) -> Account | None:
    """Whose one-time link this is, as long as it is neither used nor old."""
    row = connection.execute(
        select(*_ACCOUNT)
        .join(Invitation, Invitation.moderator_id == Moderator.id)
        .where(Invitation.digest == digest, Invitation.used_at.is_(None), Invitation.until > now)
    ).one_or_none()
    return Account(*row) if row else None


def use_invitation(connection: Connection, digest: bytes, now: datetime) -> int | None:
    """Uses a one-time link up; of two at once one gets the person's id."""
    return connection.execute(
        update(Invitation)
        .where(
            Invitation.digest == digest,
            Invitation.used_at.is_(None),
            Invitation.until > now,
            Invitation.moderator_id.in_(select(Moderator.id).where(Moderator.disabled_at.is_(None))),
        )
        .values(used_at=now)
        .returning(Invitation.moderator_id)
    ).scalar_one_or_none()


def void_links(connection: Connection, moderator_id: int, now: datetime) -> None:
    """A person's one-time links that were not used work no more."""
    connection.execute(
        update(Invitation)
        .where(Invitation.moderator_id == moderator_id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )


def set_password(connection: Connection, moderator_id: int, password_hash: str) -> None:
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(password_hash=password_hash))


def by_id(connection: Connection, moderator_id: int) -> Account | None:
    row = connection.execute(
        select(*_ACCOUNT).where(Moderator.id == moderator_id, Moderator.disabled_at.is_(None))
    ).one_or_none()
    return Account(*row) if row else None


def set_theme(connection: Connection, moderator_id: int, theme: str) -> None:
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(theme=theme))


def set_language(connection: Connection, moderator_id: int, language: str) -> None:
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(language=language))


def set_keys(connection: Connection, moderator_id: int, keys: Mapping[str, str]) -> None:
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(keys=dict(keys)))


def set_comfort(connection: Connection, moderator_id: int, *, mask: str, break_after: int) -> None:
    values = {"mask": mask, "break_after": break_after}
    connection.execute(update(Moderator).where(Moderator.id == moderator_id).values(values))


def roles(connection: Connection, moderator_id: int) -> list[RoleAt]:
    """Every site that a person has a role at; a role of its own there goes before one for all sites."""
    rows = connection.execute(
        select(Site.id, Site.slug, Site.name, Membership.role, Membership.site_id)
        .join(Membership, (Membership.site_id == Site.id) | Membership.site_id.is_(None))
        .where(Membership.moderator_id == moderator_id)
        .order_by(Site.id, Membership.site_id.is_(None))
    ).all()
    found: dict[int, RoleAt] = {}
    for row in rows:
        found.setdefault(row.id, RoleAt(row.id, row.slug, row.name, Role(row.role)))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    name: str
    role: Role


def at_site(connection: Connection, site_id: int) -> list[Colleague]:
    """Everybody with a role at a site whose account is not closed, by name; a role of its own there goes first."""
    rows = connection.execute(
        select(Moderator.id, Moderator.name, Membership.role)
        .join(Membership, Membership.moderator_id == Moderator.id)
        .where((Membership.site_id == site_id) | Membership.site_id.is_(None), Moderator.disabled_at.is_(None))
        .order_by(Moderator.name, Moderator.id, Membership.site_id.is_(None))
    )
    found: dict[int, Colleague] = {}
    for row in rows:
        found.setdefault(row.id, Colleague(row.id, row.name, Role(row.role)))
    return list(found.values())


def lock_attempts(connection: Connection, keys: Sequence[bytes], now: datetime) -> dict[bytes, Attempts]:
    """The counted attempts of an account and an address; others that ask for the same wait for this transaction."""
    found = {}
    for key in sorted(keys):  # in one order, so that two never wait for each other
        row = connection.execute(
            upsert(LoginAttempt)
            .values(key=key, failures=0, last_at=now)
            .on_conflict_do_update(index_elements=[LoginAttempt.key], set_={"failures": LoginAttempt.failures})
            .returning(LoginAttempt.failures, LoginAttempt.last_at)
        ).one()
        found[key] = Attempts(row.failures, row.last_at)
    return found


def set_attempts(connection: Connection, key: bytes, count: int, now: datetime) -> None:
    connection.execute(update(LoginAttempt).where(LoginAttempt.key == key).values(failures=count, last_at=now))


def forget_attempts(connection: Connection, key: bytes) -> None:
    connection.execute(delete(LoginAttempt).where(LoginAttempt.key == key))


def take_back_attempt(connection: Connection, key: bytes) -> None:
    """One attempt counted less: it was none against a password."""
    connection.execute(
        update(LoginAttempt)
        .where(LoginAttempt.key == key, LoginAttempt.failures > 0)
        .values(failures=LoginAttempt.failures - 1)
    )


def forget_attempts_before(connection: Connection, limit: datetime) -> int:
    return connection.execute(delete(LoginAttempt).where(LoginAttempt.last_at < limit)).rowcount
