"""What was told to the sites and what came of it: the log of callbacks, and sending again what was given up."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.backoff import is_given_up
from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import CallbackState
from moderation.steps import calling_back
from moderation.store import callbacks, endpoints
from moderation.store.endpoints import Disabled
from moderation.store.moderators import RoleAt
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor

PAGE: Final = 50
ALL: Final = "all"
"""What the form sends in place of a callback's number to replay all of a site's."""
STATES: Final = (CallbackState.PENDING, CallbackState.PARKED, CallbackState.DELIVERED)


@dashboard.get("/deliveries")
def deliveries() -> ResponseReturnValue:
    """The newest callbacks of the sites whose deliveries the visitor may see; ``replayed`` tells what a replay did."""
    sites = _sites(Permission.SEE_DELIVERIES)
    if not sites:
        raise NotPermittedError("Your role does not see the deliveries. Ask an administrator.")
    ids = [at.site_id for at in sites]
    with runtime().reading() as connection:
        rows = callbacks.recent(connection, ids, state=_state(), before=_number("before"), limit=PAGE + 1)
        disabled = endpoints.disabled(connection, ids)
        parked = endpoints.parked_counts(connection, ids)
    replayable = {at.site_id: at for at in _sites(Permission.REPLAY_CALLBACKS)}
    return render_template(
        "deliveries.html",
        deliveries=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        states=STATES,
        state=request.args.get("state", ""),
        disabled=[(one, _gone(one)) for one in disabled],
        parked=[(at, parked[at.site_id]) for at in sites if parked.get(at.site_id)],
        replayable=replayable,
        several=len(sites) > 1,
        site_names={at.site_id: at.name for at in sites},
        replayed=_number("replayed"),
    )


def _sites(permission: Permission) -> list[RoleAt]:
    return [at for at in visitor().roles if permits(at.role, permission)]


def _gone(endpoint: Disabled) -> bool:
    """Whether the receiver itself said that it is gone; else nothing had arrived for too long."""
    if endpoint.failing_since is None:
        return True
    failing_for = (endpoint.disabled_at - endpoint.failing_since).total_seconds()
    return not is_given_up(endpoint.failures, failing_for)


def _state() -> CallbackState | None:
    written = request.args.get("state")
    try:
        return CallbackState(written) if written else None
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the newest deliveries.") from None


def _number(name: str) -> int | None:
    written = request.args.get(name)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the newest deliveries.")
    return int(written)


@dashboard.post("/deliveries/<slug>/replay")
def replay(slug: str) -> ResponseReturnValue:
    """Sends one parked callback of the site again, or all of them; which, the form must say."""
    site = next((at for at in visitor().roles if at.slug == slug), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(site.role, Permission.REPLAY_CALLBACKS):
        raise NotPermittedError("Your role may not send callbacks again. Ask an administrator.")
    now = runtime()
    who = f"moderator {visitor().visitor.moderator_id}"
    count = calling_back.replay(now.work, site.site_id, _chosen(), now=now.now(), by=who)
    return redirect(url_for("dashboard.deliveries", replayed=count, state=request.form.get("state") or None), 303)


def _chosen() -> list[int] | None:
    written = request.form.get("callback", "")
    if written == ALL:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")
    return [int(written)]
