"""Holding everything at a site for a time, and the lines that say so on every page while it, or a breaker, lasts."""

from typing import Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.steps import holding as step
from moderation.store import breakers, site_holds
from moderation.store.breakers import Tripped
from moderation.store.moderators import RoleAt
from moderation.store.site_holds import SiteHold
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.errors import Problem, problem_of

MOST_TOLD: Final = 3
"""Breakers that every page tells of; the page of stories has all."""


@dashboard.get("/holding")
def holding() -> ResponseReturnValue:
    if not _sites():
        raise NotPermittedError("Your role may not hold everything. Ask an editor.")
    return _show()


def _sites() -> list[RoleAt]:
    return [at for at in visitor().roles if permits(at.role, Permission.HOLD_EVERYTHING)]


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    held = {one.site_id: one for one in _running()}
    page = render_template("holding.html", sites=_sites(), held=held, hours=step.HOURS, problem=problem)
    return page, problem.status if problem else 200


def _running() -> list[SiteHold]:
    """Of the sites that the visitor has a role at; nobody's without one."""
    if not g.get("admitted"):
        return []
    with runtime().reading() as connection:
        return site_holds.running(connection, [at.site_id for at in visitor().roles], runtime().now())


@dashboard.post("/holding/<slug>")
def hold_site(slug: str) -> ResponseReturnValue:
    """Begins a hold, or ends it; one without a reason shows the page again and what is missing."""
    at = next((one for one in visitor().roles if one.slug == slug), None)
    if at is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(at.role, Permission.HOLD_EVERYTHING):
        raise NotPermittedError("Your role may not hold everything. Ask an editor.")
    by = f"moderator {visitor().visitor.moderator_id}"
    if request.form.get("act") == "lift":
        step.lift(runtime().work, at.site_id, slug, by=by)
        return redirect(url_for("dashboard.holding"), 303)
    reason, hours = request.form.get("reason", "").replace("\x00", ""), request.form.get("hours", "")
    number = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 4 else 0
    try:
        step.hold(runtime().work, at.site_id, slug, hours=number, reason=reason, by=by, now=runtime().now())
    except InvalidValueError as error:
        return _show(problem_of(error))
    return redirect(url_for("dashboard.holding"), 303)


@dashboard.app_context_processor
def _holds() -> dict[str, object]:
    return {"site_holds": _running, "story_breakers": _breakers}


def _breakers() -> list[Tripped]:
    """Those that hold a story now, at sites that the visitor has a role at."""
    if not g.get("admitted"):
        return []
    sites = [at.site_id for at in visitor().roles if permits(at.role, Permission.READ_REVIEW_QUEUE)]
    with runtime().reading() as connection:
        return breakers.running(connection, sites, runtime().now(), limit=MOST_TOLD)
