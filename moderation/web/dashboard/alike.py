"""One card for all comments that say the same: its count, its course, its authors and wordings, and one decision."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.course import Course, course_of
from moderation.domain.errors import InvalidValueError
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import Label
from moderation.store import alike_groups, policies
from moderation.store.queue_rows import QueueRow
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, role_at, visitor
from moderation.web.dashboard.cards import card_for
from moderation.web.dashboard.next_card import wanted_filter
from moderation.web.dashboard.precedents import memory_of
from moderation.web.dashboard.queue_view import is_blind, row_id
from moderation.web.dashboard.variants import variants_of

PAGE: Final = 100
"""Members shown, and so decided on, together."""


@dashboard.get("/review/<uuid:public_id>/alike")
def alike(public_id: uuid.UUID) -> ResponseReturnValue:
    """The comments that are like this one and wait; where it is the only one, its own card.

    Each of them is in the form as it was seen, so one that comes later is not decided with them.
    """
    card = card_for(public_id, Permission.READ_REVIEW_QUEUE)
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, [card.site_id])[card.site_id]
        group_id = alike_groups.group_of(connection, card.id)
        waiting = alike_groups.size(connection, card.site_id, group_id)
        members = alike_groups.members(
            connection,
            card.site_id,
            group_id,
            moderator_id=visitor().visitor.moderator_id,
            now=runtime().now(),
            after=_after(),
            most=PAGE + 1,
        )
        course = courses(alike_groups.arrivals(connection, [(group_id, card.site_id)])).get(group_id)
    if course is None or (waiting < 2 and card.waits):
        return redirect(url_for("dashboard.card", public_id=public_id, **wanted_filter()))
    blind = is_blind(rules, card.id, drawn=card.drawn)
    fired = [] if blind else [check for check in card.checks if check["action"] != "publish"]
    filters = wanted_filter()
    return render_template(
        "alike.html",
        card=card,
        variants=variants_of(members[:PAGE]),
        n=len(members[:PAGE]),
        waiting=waiting,
        after=members[PAGE - 1].id if len(members) > PAGE else None,
        wave=course,
        fired=fired,
        blind=blind,
        predicted={check["label"] for check in fired if check.get("label")},
        labels=list(Label),
        may_decide=permits(role_at(card.site_id), Permission.DECIDE),
        memory=memory_of(card, blind=blind),
        filter=filters,
        here=url_for("dashboard.review", **filters),
    )


def _after() -> int:
    try:
        return row_id(request.args.get("from") or "0")
    except ValueError:
        raise InvalidValueError("This page's address is damaged. Go back to the start of the review queue.") from None


def courses(arrivals: Mapping[int, Sequence[alike_groups.Arrival]]) -> dict[int, Course]:
    """The course of each group in time."""
    return {
        group_id: course_of([(one.received_at, one.author_id, one.author) for one in came])
        for group_id, came in arrivals.items()
    }


def groups_among(rows: Sequence[QueueRow]) -> list[tuple[int, int]]:
    """The groups that rows of the list stand for, with their sites."""
    return [(row.group_id, row.site_id) for row in rows if row.alike > 1]
