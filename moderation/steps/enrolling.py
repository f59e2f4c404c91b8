"""Enrols sites and people, and changes what a site is known and routed by. Each act is written to the audit log.

Secrets, keys and links are shown once, in what is returned here: the database keeps them encrypted, or as digests.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from moderation import signing
from moderation.domain.email_address import normal_email
from moderation.domain.errors import InvalidValueError
from moderation.domain.vocabulary import Mode, Role, SecretPurpose
from moderation.store import audit_log, enrolments
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import Vault

OPERATOR: Final = "operator"
"""Who acts from the command line, in the audit log."""
INVITATION_LASTS: Final = timedelta(days=7)
DEFAULT_OVERLAP: Final = timedelta(hours=24)
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class EnrolledSite:
    """A new site with its secrets in clear: the only time that they can be read."""

    slug: str
    webhook_secret: str
    callback_secret: str
    api_key: str


def enrol_site(
    work: Work,
    vault: Vault,
    *,
    slug: str,
    name: str,
    url: str,
    now: datetime,
    mode: Mode = Mode.HOLD_FIRST,
    callback_url: str | None = None,
    check_callback: Callable[[str], None] | None = None,
    by: str = OPERATOR,
) -> EnrolledSite:
    """Makes a site with both signing secrets and a key. ``check_callback`` raises where callbacks must not go.

    Raises:
        InvalidValueError: the slug, name or address cannot be used.
        AlreadyExistsError: the slug is taken.
    """
    _check_site(slug, name, url)
    if callback_url is not None and check_callback is not None:
        check_callback(callback_url)
    made = EnrolledSite(slug, signing.new_secret(), signing.new_secret(), _new_key())
    with work() as unit:
        site_id = enrolments.add_site(unit.connection, slug=slug, name=name, url=url, mode=mode)
        if callback_url is not None:
            enrolments.add_endpoint(unit.connection, site_id, callback_url)
        for purpose, secret in (
            (SecretPurpose.WEBHOOK, made.webhook_secret),
            (SecretPurpose.CALLBACK, made.callback_secret),
        ):
            enrolments.add_secret(unit.connection, site_id, purpose, vault.encrypt(secret), now, hint=hint_of(secret))
        enrolments.add_key(unit.connection, site_id, vault.token_digest(made.api_key), hint=hint_of(made.api_key))
        _note(unit, by, "site.enrolled", slug, url=url, callback_url=callback_url, mode=mode.value)
    return made


def invite_moderator(
    work: Work,
    vault: Vault,
    *,
    email: str,
    role: Role,
    now: datetime,
    site_slug: str | None = None,
    name: str | None = None,
    by: str = OPERATOR,
) -> str:
    """Gives a person a role, everywhere where no site is named, and returns the token of their one-time link.

    The link is ``/welcome/<token>``. A person who is known already gets the role besides their others, and a new link.

    Raises:
        InvalidValueError: this is no e-mail address.
        NotFoundError: there is no such site.
    """
    address = normal_email(email)
    if address is None:
        raise InvalidValueError(f"{email!r} is no e-mail address. Give one like name@example.org.")
    token = secrets.token_urlsafe(32)
    with work() as unit:
        site_id = enrolments.site(unit.connection, site_slug).id if site_slug is not None else None
        person = enrolments.ensure_moderator(unit.connection, email=address, name=name or address.partition("@")[0])
        enrolments.set_role(unit.connection, person, site_id, role)
        until = now + INVITATION_LASTS
        enrolments.invite(unit.connection, person, vault.token_digest(token), now=now, until=until)
        _note(unit, by, "moderator.invited", address, role=role.value, site=site_slug)
    return token


def issue_key(
    work: Work, vault: Vault, *, site_slug: str, now: datetime, revoke_others: bool = False, by: str = OPERATOR
) -> str:
    """A new key for a site's questions; the others go on working unless they are to be revoked."""
    key = _new_key()
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        revoked = enrolments.revoke_keys(unit.connection, site.id, now) if revoke_others else 0
        enrolments.add_key(unit.connection, site.id, vault.token_digest(key), hint=hint_of(key))
        _note(unit, by, "key.issued", site_slug, revoked=revoked)
    return key


def rotate_secret(
    work: Work,
    vault: Vault,
    *,
    site_slug: str,
    purpose: SecretPurpose,
    now: datetime,
    overlap: timedelta = DEFAULT_OVERLAP,
    by: str = OPERATOR,
) -> str:
    """A new signing secret; the old ones stay valid beside it for ``overlap``, so that nothing is refused meanwhile."""
    if overlap < timedelta(0):
        raise InvalidValueError("The overlap must not be negative. Give 0 to end the old secret at once.")
    secret = signing.new_secret()
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        enrolments.retire_secrets(unit.connection, site.id, purpose, now + overlap)
        enrolments.add_secret(unit.connection, site.id, purpose, vault.encrypt(secret), now, hint=hint_of(secret))
        _note(unit, by, "secret.rotated", site_slug, purpose=purpose.value, overlap=int(overlap.total_seconds()))
    return secret


def set_mode(work: Work, *, site_slug: str, mode: Mode, by: str = OPERATOR) -> None:
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        enrolments.set_mode(unit.connection, site.id, mode)
        _note(unit, by, "mode.set", site_slug, mode=mode.value, before=site.mode.value)


def hold_everything(work: Work, *, site_slug: str, until: datetime | None, by: str = OPERATOR) -> None:
    """Holds every new comment of a site for people until then; ``None`` ends it now."""
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        enrolments.hold_everything(unit.connection, site.id, until)
        _note(unit, by, "hold_everything.set", site_slug, until=until.isoformat() if until else None)


def hint_of(secret: str) -> str:
    """The last four characters: of 32 random bytes the others still hold more than anybody could try."""
    return secret.rstrip("=")[-4:]


def _new_key() -> str:
    return "alo_" + secrets.token_urlsafe(32)


def _check_site(slug: str, name: str, url: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise InvalidValueError(
            f"{slug!r} cannot be a site's short name: use 1 to 63 of a-z, 0-9 and -, with no - at either end."
        )
    if not name.strip() or len(name) > 200:
        raise InvalidValueError("Give the site a name of 1 to 200 characters.")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or len(url) > 2_000:
        raise InvalidValueError(f"{url!r} is no web address. Give the site's own, like https://example.org.")


def _note(unit: UnitOfWork, by: str, act: str, subject: str, **details: object) -> None:
    audit_log.record(unit.connection, actor=by, act=act, subject=subject, details=details)
