"""Stories: where most is flagged lately, one with its comments, and what a desk does about it."""

from datetime import timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.steps import tending
from moderation.store import breakers
from moderation.store import search as finding
from moderation.store import stories as places
from moderation.store.search import Wanted
from moderation.store.stories import StoryPlace
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, site_ids, visitor
from moderation.web.errors import Problem, problem_of

PAGE: Final = 25
LISTED: Final = 50
TOLD: Final = 10
"""Times at which a story's breaker turned on that its page tells."""
LATELY: Final = timedelta(hours=24)
_LARGEST_ID: Final = 2**63 - 1


@dashboard.get("/stories")
def stories() -> ResponseReturnValue:
    """Where most was held or rejected in the last day, and whatever the desk watches or holds."""
    sites, now = site_ids(Permission.READ_REVIEW_QUEUE), runtime().now()
    with runtime().reading() as connection:
        heats = places.hottest(connection, sites, since=now - LATELY, now=now, limit=LISTED)
    return render_template("stories.html", heats=heats, several=len(sites) > 1, now=now)


@dashboard.get("/stories/<int:story_id>")
def story(story_id: int) -> ResponseReturnValue:
    return _show(_story_for(story_id, Permission.READ_REVIEW_QUEUE))


def _story_for(story_id: int, permission: Permission) -> StoryPlace:
    """The story, as if absent where it is another desk's."""
    with runtime().reading() as connection:
        sites = site_ids(Permission.READ_REVIEW_QUEUE)
        found = places.find(connection, story_id, sites) if story_id <= _LARGEST_ID else None
    if found is None:
        raise NotFoundError("There is no such story here. It may belong to another desk.")
    if not permits(role_at(found.site_id), permission):
        raise NotPermittedError("Your role may read this story but not act on it. Ask an administrator.")
    return found


def _show(story: StoryPlace, problem: Problem | None = None) -> ResponseReturnValue:
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the list of stories.")
    with runtime().reading() as connection:
        wanted = Wanted([story.site_id], story_id=story.id)
        rows = finding.find(connection, wanted, before=int(before) if before else None, limit=PAGE + 1)
        counts = places.counts(connection, story.id)
        tripped = breakers.of_story(connection, story.id, limit=TOLD)
    page = render_template(
        "story.html",
        story=story,
        held=story.is_held(runtime().now()),
        counts=sorted(counts.items(), key=lambda one: -one[1]),
        counts_end=places.COUNTED if sum(counts.values()) == places.COUNTED else None,
        found=rows[:PAGE],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        breakers=tripped,
        hours=tending.HOURS,
        may_act=permits(role_at(story.site_id), Permission.ACT_ON_STORIES),
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/stories/<int:story_id>")
def tend(story_id: int) -> ResponseReturnValue:
    """One act on a story; a hold without a reason, say, shows the page again and what is missing."""
    story = _story_for(story_id, Permission.ACT_ON_STORIES)
    try:
        _act(story, request.form.get("act", ""))
    except InvalidValueError as error:
        return _show(story, problem_of(error))
    return redirect(url_for("dashboard.story", story_id=story.id), 303)


def _act(story: StoryPlace, act: str) -> None:
    work, now, role = runtime().work, runtime().now(), role_at(story.site_id)
    by = f"moderator {visitor().visitor.moderator_id}"
    match act:
        case "watch" | "unwatch":
            tending.watch(work, story.id, on=act == "watch", by=by)
        case "hold":
            reason = request.form.get("reason", "").replace("\x00", "")
            tending.hold(work, story.id, hours=_hours(), reason=reason, by=by, now=now)
        case "lift":
            tending.lift(work, story.id, by=by, now=now)
        case "close":
            tending.close(work, story.id, by=by, role=role, now=now)
        case "reopen":
            tending.reopen(work, story.id, by=by, role=role, now=now)
        case _:
            raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")


def _hours() -> int:
    written = request.form.get("hours", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0
