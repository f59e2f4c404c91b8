"""Which card comes after one: the next of the review queue, under the filter that the person came with."""

from typing import Any, Final

from flask import request, url_for

from moderation.store import policies, queue_rows
from moderation.store.queue_parts import Cursor, Sort
from moderation.store.queue_rows import QueueRow
from moderation.store.review_queue import Card
from moderation.web.current import runtime
from moderation.web.dashboard.queue_view import FILTERS, chosen_sites, hides, view_of

_LOOKED_AT: Final = 20
_PAGES: Final = 10
"""So many pages of comments that colleagues have open are passed over; then comes the queue."""


def wanted_filter() -> dict[str, Any]:
    """The filter in this request's address or, marked by ``in_``, in its form; without what is empty.

    Unmarked a form's ``label`` is a reason to reject, and must not become a filter, nor the other way round.
    """
    marked = {name: request.form.get(f"in_{name}") or request.args.get(name) for name in sorted(FILTERS)}
    return {name: value for name, value in marked.items() if value}


def address_of_next(card: Card, **told: Any) -> str:
    """The next card's page, or, where nothing is left, the review queue's; ``told`` is what that page should say."""
    following = _next(card)
    if following is None:
        return url_for("dashboard.review", **wanted_filter(), **told)
    return url_for("dashboard.card", public_id=following.public_id, **wanted_filter(), **told)


def _next(card: Card) -> QueueRow | None:
    """The first after the card in the list's order; after the last one, the first of all.

    In the order of likeness a card does not tell its place, so the largest group is next.
    """
    if wanted_filter().get("sort") == Sort.ALIKE:
        return _first(card, None)
    return _first(card, Cursor(card.priority, card.id)) or _first(card, None)


def _first(card: Card, after: Cursor | None) -> QueueRow | None:
    """The first comment from there on that is another one and not open at a colleague."""
    asked = wanted_filter()
    chosen = chosen_sites(asked)
    with runtime().reading() as connection:
        rules = policies.rules_of(connection, chosen)
        view = view_of(asked, chosen, rules)
        for _ in range(_PAGES):
            page = queue_rows.page(connection, view, after=after, limit=_LOOKED_AT, now=runtime().now())
            for one in page:
                if one.id != card.id and one.claimed_by is None and not hides(one, rules, view):
                    return one
            if len(page) < _LOOKED_AT:
                return None
            after = Cursor(page[-1].priority, page[-1].id)
    return None
