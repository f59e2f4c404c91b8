"""A site's own page, for its administrators: where callbacks go, its secrets and keys, and its mode.

A new secret or key stands in the answer that makes it and nowhere else.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.callback_client import CallbackUrlError
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Mode, SecretPurpose
from moderation.steps import enrolling, keeping_sites
from moderation.store import credentials, endpoints, enrolments
from moderation.store import sites as stored
from moderation.store.moderators import RoleAt
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.errors import Problem, problem_of

OVERLAPS: Final = (1, 24, 72, 168)
"""Hours for which an old secret can stay valid beside a new one."""
KEPT: Final = ("callback", "ended", "revoked", "mode")
"""What the page can say was done, by the word in its address."""


@dashboard.get("/sites")
def sites() -> ResponseReturnValue:
    """The sites that the visitor administers, with their modes and what is wrong with their addresses."""
    managed = [at for at in visitor().roles if permits(at.role, Permission.MANAGE_SITE)]
    if not managed:
        raise NotPermittedError("Your role does not manage sites. Ask an administrator.")
    with runtime().reading() as connection:
        known = {one.id: one for one in enrolments.sites(connection)}
        disabled = {one.site_id for one in endpoints.disabled(connection, [at.site_id for at in managed])}
    return render_template("sites.html", sites=[known[at.site_id] for at in managed], disabled=disabled)


@dashboard.get("/sites/<slug>")
def site(slug: str) -> ResponseReturnValue:
    return _show(_managed(slug))


def _managed(slug: str) -> RoleAt:
    """The site, as if absent where it is another desk's."""
    at = next((one for one in visitor().roles if one.slug == slug), None)
    if at is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(at.role, Permission.MANAGE_SITE):
        raise NotPermittedError("Your role does not manage sites. Ask an administrator.")
    return at


def _show(at: RoleAt, problem: Problem | None = None, *, fault: str | None = None) -> ResponseReturnValue:
    """The page; with a problem, or the fault of an address, the same page telling it."""
    now = runtime().now()
    with runtime().reading() as connection:
        found = enrolments.site(connection, at.slug)
        addresses = stored.endpoints_of(connection, at.site_id)
        secrets = credentials.secrets_in_use(connection, at.site_id, now)
        keys = credentials.keys_in_use(connection, at.site_id)
    page = render_template(
        "site.html",
        site=found,
        addresses=addresses,
        secrets=[(purpose, [one for one in secrets if one.purpose is purpose]) for purpose in SecretPurpose],
        keys=keys,
        modes=list(Mode),
        overlaps=OVERLAPS,
        events=_base() + f"/v1/sites/{at.slug}/events",
        may_manage_people=permits(at.role, Permission.MANAGE_PEOPLE),
        done=request.args.get("done") if request.args.get("done") in KEPT else None,
        typed=request.form,
        fault=fault,
        problem=problem,
    )
    return page, problem.status if problem else 422 if fault else 200


def _base() -> str:
    return (runtime().settings.base_url or request.host_url).rstrip("/")


def _by() -> str:
    return f"moderator {visitor().visitor.moderator_id}"


def _done(at: RoleAt, what: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Does it and goes back to the page, or shows the page with what stands against it."""
    try:
        act()
    except CallbackUrlError as error:
        return _show(at, fault=error.code)
    except (InvalidValueError, ConflictError, NotFoundError) as error:
        return _show(at, problem_of(error))
    return redirect(url_for("dashboard.site", slug=at.slug, done=what), 303)


@dashboard.post("/sites/<slug>/callback")
def change_callback(slug: str) -> ResponseReturnValue:
    at, url = _managed(slug), request.form.get("url", "").strip()
    before = request.form.get("before") or None
    work, check = runtime().work, runtime().callback_client.check_url
    return _done(
        at,
        "callback",
        lambda: keeping_sites.change_callback(work, site_slug=at.slug, url=url, check=check, before=before, by=_by()),
    )


@dashboard.post("/sites/<slug>/mode")
def change_mode(slug: str) -> ResponseReturnValue:
    at = _managed(slug)
    return _done(at, "mode", lambda: enrolling.set_mode(runtime().work, site_slug=at.slug, mode=_mode(), by=_by()))


def _mode() -> Mode:
    try:
        return Mode(request.form.get("mode", ""))
    except ValueError:
        raise InvalidValueError("Choose a mode.") from None


@dashboard.post("/sites/<slug>/secret")
def rotate_secret(slug: str) -> ResponseReturnValue:
    """The answer itself shows the new secret: it is kept encrypted, so that no later page could."""
    at, now = _managed(slug), runtime()
    try:
        purpose, hours = _purpose(), _overlap()
    except InvalidValueError as error:
        return _show(at, problem_of(error))
    overlap = timedelta(hours=hours)
    secret = enrolling.rotate_secret(
        now.work, now.vault, site_slug=at.slug, purpose=purpose, now=now.now(), overlap=overlap, by=_by()
    )
    return _show_once(at, secret, purpose.value, hours)


def _purpose() -> SecretPurpose:
    try:
        return SecretPurpose(request.form.get("purpose", ""))
    except ValueError:
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.") from None


def _overlap() -> int:
    written = request.form.get("overlap", "")
    if written not in set(map(str, OVERLAPS)):
        raise InvalidValueError("Choose for how long the old secret stays valid.")
    return int(written)


@dashboard.post("/sites/<slug>/key")
def issue_key(slug: str) -> ResponseReturnValue:
    """A further API key, shown in the answer alone; the others go on working until they are revoked."""
    at, now = _managed(slug), runtime()
    key = enrolling.issue_key(now.work, now.vault, site_slug=at.slug, now=now.now(), by=_by())
    return _show_once(at, key, "key", 0)


def _show_once(at: RoleAt, secret: str, kind: str, hours: int) -> ResponseReturnValue:
    return render_template("shown_once.html", at=at, secret=secret, kind=kind, hours=hours)


@dashboard.post("/sites/<slug>/secret/<int:secret_id>/end")
def end_secret(slug: str, secret_id: int) -> ResponseReturnValue:
    at = _managed(slug)
    return _done(at, "ended", lambda: _end(at, secret_id))


def _end(at: RoleAt, secret_id: int) -> None:
    _meant(at)
    keeping_sites.end_secret(runtime().work, site_slug=at.slug, secret_id=secret_id, now=runtime().now(), by=_by())


@dashboard.post("/sites/<slug>/key/<int:key_id>/revoke")
def revoke_key(slug: str, key_id: int) -> ResponseReturnValue:
    at = _managed(slug)
    return _done(at, "revoked", lambda: _revoke(at, key_id))


def _revoke(at: RoleAt, key_id: int) -> None:
    _meant(at)
    keeping_sites.revoke_key(runtime().work, site_slug=at.slug, key_id=key_id, now=runtime().now(), by=_by())


def _meant(at: RoleAt) -> None:
    """What cannot be taken back asks for the site's short name."""
    if request.form.get("typed_name", "").strip() != at.slug:
        raise InvalidValueError("Type the site's short name as it stands here, then send it again.")
