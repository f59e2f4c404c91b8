"""What happened while somebody was away, and the note that they leave for the next shift."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.notice import SENIOR
from moderation.domain.permission import Permission, permits
from moderation.steps import handing_over
from moderation.store import handover as stored
from moderation.store.handover import RuleChange
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor
from moderation.web.errors import Problem, problem_of

PAGE: Final = 20
STORIES: Final = 10


@dashboard.get("/since")
def handover() -> ResponseReturnValue:
    return _show()


def _show(problem: Problem | None = None, typed: str = "") -> ResponseReturnValue:
    sites, now, own_id = site_ids(Permission.READ_REVIEW_QUEUE), runtime().now(), _self()
    if not sites:
        raise NotPermittedError("Your role does not read the review queue. Ask an administrator.")
    absence = handing_over.absence_of(runtime().work, moderator_id=own_id, now=now)
    since, limit = absence.since, PAGE + 1
    compared = handing_over.compared_since(absence, now)
    with runtime().reading() as connection:
        notes = stored.notes(connection, sites, since=since, before=_before("notes"), limit=limit)
        heated = stored.heated(connection, sites, since=compared, until=now, most=STORIES)
        handed = stored.handed_on(
            connection, moderator_id=own_id, site_ids=sites, senior_at=site_ids(SENIOR), limit=limit
        )
        rules = stored.rules_changed(connection, sites, since=since, before=_before("rules"), limit=limit)
        overturned = stored.overturned(connection, own_id, sites, since=since, before=_before("own"), limit=limit)
    page = render_template(
        "handover.html",
        absence=absence,
        compared=compared,
        page=PAGE,
        notes=notes,
        heated=heated,
        handed=handed,
        rules=[(one, _act_word(one)) for one in rules],
        overturned=overturned,
        several=len(sites) > 1,
        writable=[at for at in visitor().roles if permits(at.role, Permission.DECIDE)],
        longest=handing_over.LONGEST_NOTE,
        typed=typed,
        done=request.args.get("done"),
        problem=problem,
    )
    return page, problem.status if problem else 200


def _self() -> int:
    return visitor().visitor.moderator_id


def _before(name: str) -> int | None:
    written = request.args.get(name, "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to its start.")
    return int(written) if written else None


def _act_word(change: RuleChange) -> str:
    """A hold of everything that has no end is one that was ended."""
    lifted = change.act == "hold_everything.set" and not change.details.get("until")
    return "act:hold_everything.lifted" if lifted else f"act:{change.act}"


@dashboard.post("/since/<slug>/note")
def leave_note(slug: str) -> ResponseReturnValue:
    """Leaves a note for the next shift; one that cannot be kept shows the page again with what was typed."""
    site = next((one for one in visitor().roles if one.slug == slug), None)
    if site is None:
        raise NotFoundError("There is no such site here. It may belong to another desk.")
    if not permits(site.role, Permission.DECIDE):
        raise NotPermittedError("Your role may not leave notes. Ask an administrator.")
    text, now = request.form.get("text", ""), runtime().now()
    try:
        handing_over.leave_note(runtime().work, moderator_id=_self(), site_id=site.site_id, text=text, now=now)
    except InvalidValueError as error:
        return _show(problem_of(error), text)
    return redirect(url_for("dashboard.handover", done="note"), 303)
