"""The review queue: its orders and filters, acts on what was ticked, skips, and what is new since a page was made."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.course import Course
from moderation.domain.errors import InvalidValueError, NotFoundError, NotPermittedError
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Label, Role, Script, Verdict
from moderation.steps import deciding, reviewing
from moderation.steps.deciding import Bulk, Judgement, Seen
from moderation.store import alike_groups, decisions, exposures, policies, queue_rows, skips
from moderation.store.policies import SiteRules
from moderation.store.queue_parts import HandedOn, Sort, View
from moderation.store.queue_rows import QueueRow
from moderation.web.current import runtime
from moderation.web.dashboard.alike import courses, groups_among
from moderation.web.dashboard.blueprint import csrf_token, dashboard, role_at, site_ids, visitor
from moderation.web.dashboard.cards import card_for, labels_of
from moderation.web.dashboard.code_words import N_
from moderation.web.dashboard.queue_view import (
    LIST_FILTERS,
    back_to_list,
    chosen_sites,
    cursor_of,
    hides,
    is_blind,
    row_id,
    view_of,
)
from moderation.web.dashboard.scripted import by_script, done_by_script
from moderation.web.errors import problem_of

PAGE: Final = 25


class Act(StrEnum):
    """What a button does to all that is ticked."""

    PUBLISH = "publish"
    REJECT = "reject"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Told:
    """What an act on many did: how many it decided and to what, its undo, and what was refused."""

    n: int
    verdict: Verdict
    bulk_id: uuid.UUID
    refused: Sequence[deciding.Refused] = ()


@dashboard.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("dashboard.review"))


@dashboard.get("/review")
def review() -> ResponseReturnValue:
    """What waits. ``done`` or ``bulk`` names the decision just made, for its undo."""
    return _list(request.args, told=told_of(request.args.get("bulk")))


def _list(asked: Mapping[str, str], told: Told | None = None) -> str:
    now, chosen = runtime().now(), chosen_sites(asked)
    with runtime().reading() as connection:
        since = queue_rows.clock(connection)
        rules = policies.rules_of(connection, chosen)
        view = view_of(asked, chosen, rules)
        rows = queue_rows.page(connection, view, after=cursor_of(asked.get("after")), limit=PAGE + 1, now=now)
        exposure = exposures.of(connection, view.moderator_id, now=now) if visitor().visitor.break_after else None
        skipped = skips.count(connection, moderator_id=view.moderator_id)
        waves = courses(alike_groups.arrivals(connection, groups_among(rows[:PAGE])))
        nothing_came = not rows and not queue_rows.has_comments(connection, chosen)
    following = rows[PAGE - 1] if len(rows) > PAGE else None
    filters: dict[str, Any] = {name: asked[name] for name in LIST_FILTERS - {"after"} if asked.get(name)}
    return render_template(
        "review.html",
        rows=[_shown(row, rules, view, waves) for row in rows[:PAGE] if not hides(row, rules, view)],
        after=f"{following.priority!r}:{following.id}" if following else None,
        filters=filters,
        here=url_for("dashboard.review", **filters, after=asked.get("after")),
        since=since.isoformat(),
        sites=visitor().roles,
        sorts=list(Sort),
        scripts=list(Script),
        handed=list(HandedOn),
        labels=list(Label),
        skipped=skipped,
        nothing_came=nothing_came,
        exposure=exposure,
        may_decide=bool(site_ids(Permission.DECIDE)),
        done=asked.get("done"),
        told=told,
        problem_of=problem_of,
    )


def _shown(row: QueueRow, rules: Mapping[int, SiteRules], view: View, waves: Mapping[int, Course]) -> dict[str, object]:
    """A row and what its template needs beside it; a blind one's reasons stay here."""
    blind = is_blind(rules[row.site_id], row.id, drawn=row.drawn)
    fired = [] if blind else [check for check in row.checks if check["action"] != "publish"]
    return {
        "comment": row,
        "blind": blind,
        "fired": fired,
        "predicted": [check["label"] for check in fired if check.get("label")],
        "may_decide": permits(role_at(row.site_id), Permission.DECIDE),
        "of_story": view.story_id is not None,
        "course": waves.get(row.group_id) if row.alike > 1 else None,
    }


@dashboard.get("/review/<uuid:public_id>/row")
def review_row(public_id: uuid.UUID) -> ResponseReturnValue:
    """One row anew, for a page whose row went on: taken back, or edited by its author."""
    card_for(public_id, Permission.READ_REVIEW_QUEUE)
    chosen = chosen_sites({})
    view = View(visitor().visitor.moderator_id, chosen)
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, chosen)
        row = queue_rows.one(connection, view, public_id, runtime().now())
        if row is None:
            raise NotFoundError("This comment is not in the review queue any more.")
        waves = courses(alike_groups.arrivals(connection, groups_among([row])))
    shown = _shown(row, rules, view, waves)
    return render_template("_row.html", row=shown, filters={}, here=url_for("dashboard.review"))


@dashboard.get("/review/news")
def review_news() -> ResponseReturnValue:
    """What came to the list since a page was made, what others have open or decided, and the session's token.

    304 where all stands as it was.

    The token lets a page that outlived its session send on what it kept, once its person has logged in again.
    """
    chosen = chosen_sites(request.args)
    with runtime().reading() as connection:
        view = view_of(request.args, chosen, policies.rules_of(connection, chosen))
        since = _moment(request.args.get("since")) or queue_rows.clock(connection)
        news = queue_rows.news(connection, view, since=since, now=runtime().now())
    document = {
        "fresh": news.fresh[: queue_rows.MOST_NEWS],
        "more": len(news.fresh) > queue_rows.MOST_NEWS,
        "open": {str(public_id): name for public_id, name in news.open_at.items()},
        "handled": {str(public_id): [name, verdict] for public_id, (name, verdict) in news.handled.items()},
        "csrf": csrf_token(),
    }
    answer = Response(orjson.dumps(document), content_type="application/json")
    answer.add_etag()
    return answer.make_conditional(request)


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if written else None
    except ValueError:
        moment = None
    if written and (moment is None or moment.tzinfo is None):
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.")
    return moment


@dashboard.post("/review/<uuid:public_id>/skip")
def skip(public_id: uuid.UUID) -> ResponseReturnValue:
    card_for(public_id, Permission.DECIDE)
    reviewing.skip(
        runtime().work, moderator_id=visitor().visitor.moderator_id, public_id=public_id, now=runtime().now()
    )
    return done_by_script(N_("Skipped: colleagues still see it")) if by_script() else back_to_list()


@dashboard.post("/review/skipped")
def show_skipped() -> ResponseReturnValue:
    reviewing.show_skipped_again(runtime().work, moderator_id=visitor().visitor.moderator_id)
    return back_to_list()


@dashboard.post("/review/decide")
def decide_many() -> ResponseReturnValue:
    """Publishes or rejects exactly the ticked comments as they were seen; what was refused is told one by one."""
    return _answer(decide_ticked())


def decide_ticked() -> Bulk:
    """What the form's act does to the comments that are ticked in it."""
    if not site_ids(Permission.DECIDE):
        raise NotPermittedError("Your role may read this comment but not decide. Ask an administrator.")
    seen = [_seen(one) for one in request.form.getlist("seen")]
    with runtime().reading() as connection:
        ids = [one.public_id for one in seen]
        owners = queue_rows.sites_of(connection, ids, site_ids(Permission.READ_REVIEW_QUEUE))
    ours = [one for one in seen if one.public_id in owners]
    roles = {site_id: role_at(site_id) for site_id in site_ids(Permission.DECIDE)}
    if ours and not roles.keys() & set(owners.values()):
        raise NotPermittedError("Your role may read this comment but not decide. Ask an administrator.")
    if seen and not ours:
        raise NotFoundError("There is no such comment here. It may belong to another desk.")
    return deciding.decide_many(
        runtime().work,
        _judgement(next(iter(roles.values()))),
        ours,
        undo_seconds=runtime().settings.undo_seconds,
        now=runtime().now(),
        roles=roles,
    )


def _judgement(role: Role) -> Judgement:
    """The act in the form; ``role`` is replaced by that at each comment's site."""
    try:
        act = Act(request.form.get("act", ""))
        labels = [Label.SPAM] if act is Act.SPAM else labels_of(request.form.getlist("label"))
    except ValueError:
        raise InvalidValueError("The form was damaged. Load the page again and decide once more.") from None
    verdict = Verdict.APPROVE if act is Act.PUBLISH else Verdict.REJECT
    return Judgement(visitor().visitor.moderator_id, role, verdict, labels)


def _seen(written: str) -> Seen:
    public_id, _, numbers = written.partition(":")
    revision, _, version = numbers.partition(":")
    try:
        return Seen(uuid.UUID(public_id), row_id(revision), row_id(version))
    except ValueError:
        raise InvalidValueError("The form was damaged. Load the page again and decide once more.") from None


def _answer(bulk: Bulk) -> ResponseReturnValue:
    """Back to the list with one undo; where some were refused the list itself says which and why."""
    if not bulk.refused:
        return back_to_list(bulk=bulk.bulk_id)
    asked = dict(parse_qsl(urlsplit(request.form.get("next", "")).query))
    page = _list(asked, told_now(bulk))
    return page, HTTPStatus.OK if bulk.decided else HTTPStatus.CONFLICT


def told_now(bulk: Bulk) -> Told:
    """What the form's act did, with what was refused."""
    verdict = Verdict.APPROVE if request.form.get("act") == Act.PUBLISH else Verdict.REJECT
    return Told(len(bulk.decided), verdict, bulk.bulk_id, bulk.refused)


def told_of(written: str | None) -> Told | None:
    """What a person's bulk did, read back from its decisions; nothing for one of somebody else."""
    if not written:
        return None
    try:
        bulk_id = uuid.UUID(written)
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.") from None
    with runtime().reading() as connection:
        made = decisions.of_bulk(connection, bulk_id, visitor().visitor.moderator_id)
        first = decisions.by_public_id(connection, made[0]) if made else None
    return Told(len(made), first.verdict, bulk_id) if first and first.verdict else None
