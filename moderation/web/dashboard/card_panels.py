"""What stands around a comment: its thread and its author. Pages of their own; a script shows them beside the card."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError
from moderation.domain.permission import Permission, permits
from moderation.steps import reviewing
from moderation.store import authors, notes, surroundings
from moderation.store.review_queue import Card
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, visitor
from moderation.web.dashboard.cards import card_for
from moderation.web.dashboard.next_card import wanted_filter
from moderation.web.errors import Problem, problem_of


@dashboard.get("/review/<uuid:public_id>/thread")
def thread(public_id: uuid.UUID) -> ResponseReturnValue:
    card = card_for(public_id, Permission.READ_REVIEW_QUEUE)
    with runtime().reading() as connection:
        comments, more = surroundings.thread(connection, card.id)
    return render_template("thread.html", card=card, comments=comments, more=more, filter=wanted_filter())


@dashboard.get("/review/<uuid:public_id>/author")
def author(public_id: uuid.UUID) -> ResponseReturnValue:
    return _show(card_for(public_id, Permission.READ_REVIEW_QUEUE))


def _show(card: Card, problem: Problem | None = None) -> ResponseReturnValue:
    with runtime().reading() as connection:
        decisions = surroundings.decisions_about(connection, card.author_id)
        written = notes.of_author(connection, card.author_id)
        place = authors.find(connection, card.author_id, [card.site_id])
    settled = card.author_published + card.author_rejected
    page = render_template(
        "author.html",
        card=card,
        settled=settled,
        rejected=card.author_rejected / settled if settled else None,
        decisions=decisions,
        standing=place.standing(runtime().now()) if place else None,
        until=place.sanctioned_until if place else None,
        notes=written,
        may_decide=permits(role_at(card.site_id), Permission.DECIDE),
        filter=wanted_filter(),
        problem=problem,
    )
    return page, problem.status if problem else 200


@dashboard.post("/review/<uuid:public_id>/author/note")
def author_note(public_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a remark about the author."""
    card = card_for(public_id, Permission.DECIDE)
    try:
        reviewing.note_author(
            runtime().work,
            moderator_id=visitor().visitor.moderator_id,
            public_id=public_id,
            text=request.form.get("text", ""),
        )
    except InvalidValueError as error:
        return _show(card, problem_of(error))
    return redirect(url_for("dashboard.author", public_id=public_id, **wanted_filter()), 303)
