"""Manages the people of the desks: invites them, gives and takes roles, closes and opens accounts.

Each act is checked within its own transaction, under a lock that all of them share, against the roles that the actor
holds at that moment; each is written to the audit log. What may be done to whom is in ``domain.authority``.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain import authority
from moderation.domain.authority import Held
from moderation.domain.email_address import normal_email
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.vocabulary import Role
from moderation.store import audit_log, enrolments, people, second_factors, sessions
from moderation.store.people import Person
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

LINK_LASTS: Final = timedelta(days=7)
LONGEST_NAME: Final = 100
_JOINERS: Final = "\u200c\u200d"
"""Bangla conjuncts need them; other invisible characters in a name only deceive."""


@dataclass(frozen=True, slots=True)
class Invited:
    """``token`` makes the link ``/welcome/<token>``; ``None`` for somebody who has a password and needs no link."""

    moderator_id: int
    token: str | None


def invite(
    work: Work,
    vault: Vault,
    *,
    actor_id: int,
    email: str,
    name: str,
    role: Role,
    site_id: int | None,
    now: datetime,
) -> Invited:
    """Gives somebody a role at a site, or at every one for ``None``; and a link, unless they have a password already.

    Raises:
        InvalidValueError: this is no e-mail address, or no name.
        NotPermittedError: the actor does not manage these people.
        ConflictError: the person's account is closed, or they have a role there.
    """
    address = normal_email(email)
    if address is None:
        raise InvalidValueError("This is no e-mail address. Give one like name@example.org.")
    called = _sound_name(name) or address.partition("@")[0]
    with work() as unit:
        actor = _authority(unit, actor_id)
        known = people.by_email(unit.connection, address)
        _check_role(actor_id, actor, known, site_id)
        if known is not None and known.disabled_at is not None:
            raise ConflictError("This person's account is closed. Open it again first.")
        if known is not None and any(one.site_id == site_id for one in known.held):
            raise ConflictError("This person has a role there already. Change it on their page.")
        person = known.id if known else enrolments.ensure_moderator(unit.connection, email=address, name=called)
        enrolments.set_role(unit.connection, person, site_id, role)
        # A link sets a password, so it opens all that the person may enter: never more than the actor administers.
        fresh = known is None or (not known.has_password and authority.governs(actor, known.held))
        token = _link(unit, vault, person, now) if fresh else None
        _note(unit, actor_id, "person.invited", address, role=role.value, site=_slug(unit, site_id), link=bool(token))
    return Invited(person, token)


def renew_link(work: Work, vault: Vault, *, actor_id: int, moderator_id: int, now: datetime) -> str:
    """The token of a fresh one-time link, for a forgotten password or a lost invitation; earlier ones become void."""
    with work() as unit:
        person = _governed(unit, actor_id, moderator_id)
        if person.disabled_at is not None:
            raise ConflictError("This person's account is closed. Open it again first.")
        _note(unit, actor_id, "person.link_renewed", person.email)
        return _link(unit, vault, moderator_id, now)


def change_role(work: Work, *, actor_id: int, moderator_id: int, site_id: int | None, role: Role | None) -> None:
    """Gives a role at a site, or at every one; ``None`` takes it away."""
    with work() as unit:
        actor = _authority(unit, actor_id)
        person = _seen(unit, actor, moderator_id)
        _check_role(actor_id, actor, person, site_id)
        before = next((one.role for one in person.held if one.site_id == site_id), None)
        if role is None:
            people.take_role(unit.connection, moderator_id, site_id)
        else:
            enrolments.set_role(unit.connection, moderator_id, site_id, role)
        told = {"role": role.value if role else None, "before": before.value if before else None}
        _note(unit, actor_id, "person.role_changed", person.email, site=_slug(unit, site_id), **told)


def disable(work: Work, *, actor_id: int, moderator_id: int, typed_name: str, now: datetime) -> None:
    """Closes an account and ends its sessions; the person's decisions stay. The name must be typed to mean it."""
    with work() as unit:
        person = _governed(unit, actor_id, moderator_id)
        _check_typed(person, typed_name)
        if person.disabled_at is None:
            people.disable(unit.connection, moderator_id, now)
            _note(unit, actor_id, "person.disabled", person.email)
        sessions.end_all(unit.connection, moderator_id)


def enable(work: Work, *, actor_id: int, moderator_id: int) -> None:
    """Opens a closed account again, with the roles and the password that it had."""
    with work() as unit:
        person = _governed(unit, actor_id, moderator_id)
        if person.disabled_at is not None:
            people.enable(unit.connection, moderator_id)
            _note(unit, actor_id, "person.enabled", person.email)


def reset_codes(work: Work, *, actor_id: int, moderator_id: int, typed_name: str) -> None:
    """Takes the second step off somebody's log-in, who has lost their device and the recovery codes; ends sessions."""
    with work() as unit:
        person = _governed(unit, actor_id, moderator_id)
        _check_typed(person, typed_name)
        if second_factors.remove(unit.connection, moderator_id):
            sessions.end_all(unit.connection, moderator_id)
            _note(unit, actor_id, "person.codes_reset", person.email)


def _authority(unit: UnitOfWork, actor_id: int) -> tuple[Held, ...]:
    people.lock(unit.connection)
    return people.held_by(unit.connection, actor_id)


def _seen(unit: UnitOfWork, actor: tuple[Held, ...], moderator_id: int) -> Person:
    """The person, as if absent where they are of another desk."""
    person = people.person(unit.connection, moderator_id)
    sites = [one.id for one in enrolments.sites(unit.connection)]
    if person is None or not authority.may_see(actor, person.held, sites):
        raise NotFoundError("There is no such person here. They may belong to another desk.")
    return person


def _governed(unit: UnitOfWork, actor_id: int, moderator_id: int) -> Person:
    actor = _authority(unit, actor_id)
    person = _seen(unit, actor, moderator_id)
    _check_not_self(actor_id, moderator_id)
    if not authority.governs(actor, person.held):
        raise NotPermittedError(
            "This person also works for desks that you do not administer. Ask an administrator of every site."
        )
    return person


def _check_role(actor_id: int, actor: tuple[Held, ...], person: Person | None, site_id: int | None) -> None:
    if person is not None:
        _check_not_self(actor_id, person.id)
    if not authority.may_set_role(actor, person.held if person else (), site_id):
        raise NotPermittedError("Roles there are given by its administrators only. Ask one of them.")


def _check_not_self(actor_id: int, moderator_id: int) -> None:
    if actor_id == moderator_id:
        raise NotPermittedError("Nobody changes what they may do themselves. Ask another administrator.")


def _check_typed(person: Person, typed: str) -> None:
    if _comparable(typed) != _comparable(person.name):
        raise InvalidValueError("Type the person's name as it stands here, then send it again.")


def _comparable(name: str) -> str:
    """Bangla letters with a nukta can be typed in two ways that look the same."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def _sound_name(written: str) -> str:
    kept = "".join(one if one.isprintable() or one in _JOINERS else " " for one in written)
    name = unicodedata.normalize("NFC", " ".join(kept.split()))
    if len(name) > LONGEST_NAME:
        raise InvalidValueError("A name has at most {most} characters.", most=LONGEST_NAME)
    return name


def _link(unit: UnitOfWork, vault: Vault, moderator_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    enrolments.invite(unit.connection, moderator_id, vault.token_digest(token), now=now, until=now + LINK_LASTS)
    return token


def _slug(unit: UnitOfWork, site_id: int | None) -> str | None:
    return next((one.slug for one in enrolments.sites(unit.connection) if one.id == site_id), None)


def _note(unit: UnitOfWork, actor_id: int, act: str, subject: str, **details: object) -> None:
    audit_log.record(unit.connection, actor=f"moderator {actor_id}", act=act, subject=subject, details=details)
