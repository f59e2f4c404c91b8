"""The latest decisions, and taking one's own back."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError
from moderation.domain.permission import Permission
from moderation.steps import undoing
from moderation.store import decisions as store
from moderation.store import review_queue
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, site_ids, visitor
from moderation.web.dashboard.code_words import N_
from moderation.web.dashboard.next_card import wanted_filter
from moderation.web.dashboard.queue_view import back_to_list
from moderation.web.dashboard.scripted import by_script, done_by_script

PAGE = 50


@dashboard.get("/decisions")
def decisions() -> ResponseReturnValue:
    before = request.args.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise InvalidValueError("This page's address is damaged. Go back to the newest decisions.")
    with runtime().reading() as connection:
        rows = review_queue.latest_decisions(
            connection,
            site_ids(Permission.READ_REVIEW_QUEUE),
            before=int(before) if before else None,
            limit=PAGE + 1,
        )
    following = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template("decisions.html", decisions=rows[:PAGE], before=following)


@dashboard.post("/decisions/<uuid:decision_id>/undo")
def undo(decision_id: uuid.UUID) -> ResponseReturnValue:
    undoing.undo(
        runtime().work,
        moderator_id=visitor().visitor.moderator_id,
        decision_id=decision_id,
        now=runtime().now(),
    )
    return _to_its_card(decision_id) if request.form.get("from") == "card" else _undone()


def _to_its_card(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Who undid from a card goes back to the very comment, under the filter that they came with."""
    with runtime().reading() as connection:
        public_id = store.comment_of(connection, decision_id)
    return redirect(url_for("dashboard.card", public_id=public_id, **wanted_filter()), 303)


@dashboard.post("/decisions/bulk/<uuid:bulk_id>/undo")
def undo_bulk(bulk_id: uuid.UUID) -> ResponseReturnValue:
    """Takes back what one act decided; comments that went on since stay as they are."""
    undoing.undo_many(runtime().work, moderator_id=visitor().visitor.moderator_id, bulk_id=bulk_id, now=runtime().now())
    return _undone()


def _undone() -> ResponseReturnValue:
    return done_by_script(N_("Back in the review queue")) if by_script() else back_to_list()
