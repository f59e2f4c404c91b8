"""Changes where a site's callbacks go, and ends secrets and keys. Each act is written to the audit log.

New secrets and keys are made by ``steps.enrolling``. The last secret of a purpose that stays valid cannot be ended: the
site would be refused, or its callbacks could not be signed, at once or when an old secret's overlap is over.
"""

from collections.abc import Callable
from datetime import datetime

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.jobs import Job
from moderation.steps.enrolling import OPERATOR
from moderation.store import audit_log, credentials, enrolments, sites
from moderation.store.unit_of_work import UnitOfWork, Work


def change_callback(
    work: Work,
    *,
    site_slug: str,
    url: str,
    check: Callable[[str], None],
    before: str | None = None,
    by: str = OPERATOR,
) -> None:
    """Sends the site's callbacks to another address, those under way and put off too; parked ones wait for a replay.

    ``check`` raises where callbacks must not go. A site without an address gets one; of several,
    ``before`` names the one that is meant.

    Raises:
        NotFoundError: there is no such site.
        InvalidValueError: it has no address ``before``, or several and none was named.
    """
    check(url)
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        credentials.lock_site(unit.connection, site.id)
        known = sites.endpoints_of(unit.connection, site.id)
        meant = [one for one in known if before is None or one.url == before]
        if len(meant) > 1:
            raise InvalidValueError("This site has several addresses. Say which of them is to be changed.")
        if not meant and before is not None:
            raise InvalidValueError("The site has no such address any more. Load the page again.")
        if meant:
            credentials.change_endpoint(unit.connection, meant[0].id, url)
            unit.note(Job.DELIVER_CALLBACKS)
        else:
            enrolments.add_endpoint(unit.connection, site.id, url)
        _note(unit, by, "callback.changed", site_slug, before=meant[0].url if meant else None, after=url)


def end_secret(work: Work, *, site_slug: str, secret_id: int, now: datetime, by: str = OPERATOR) -> None:
    """Ends a secret at once, without waiting for the overlap to be over.

    Raises:
        NotFoundError: the site has no such secret in use.
        ConflictError: it is the last of its purpose that stays valid: an old one's overlap only puts the harm off.
    """
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        credentials.lock_site(unit.connection, site.id)
        in_use = credentials.secrets_in_use(unit.connection, site.id, now)
        secret = next((one for one in in_use if one.id == secret_id), None)
        if secret is None:
            raise NotFoundError("There is no such secret in use. It may have ended already.")
        others = [one for one in in_use if one.purpose is secret.purpose and one.id != secret.id]
        if not any(secret.valid_to is not None or one.valid_to is None for one in others):
            raise ConflictError("This is the only secret that stays valid. Make a new one first, then end this one.")
        credentials.end_secret(unit.connection, secret.id, now)
        _note(unit, by, "secret.ended", site_slug, purpose=secret.purpose.value, secret=secret.id)


def revoke_key(work: Work, *, site_slug: str, key_id: int, now: datetime, by: str = OPERATOR) -> None:
    """Ends an API key at once.

    Raises:
        NotFoundError: the site has no such key in use.
    """
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        if not credentials.revoke_key(unit.connection, site.id, key_id, now):
            raise NotFoundError("There is no such key in use. It may have been revoked already.")
        _note(unit, by, "key.revoked", site_slug, key=key_id)


def _note(unit: UnitOfWork, by: str, act: str, subject: str, **details: object) -> None:
    audit_log.record(unit.connection, actor=by, act=act, subject=subject, details=details)
