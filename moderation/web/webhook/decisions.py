"""A site's decisions in their order, for repairing what callbacks did not bring."""

from typing import Final

from flask import Response, request

from moderation.domain.errors import Fault, InvalidValueError
from moderation.store.decisions import decided_after, settled_up_to
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.webhook.authentication import key_owner
from moderation.web.webhook.blueprint import webhook
from moderation.web.webhook.doorway import doorway

MOST_DECISIONS: Final = 500
_LARGEST_CURSOR: Final = 2**63 - 1


@webhook.get("/decisions")
def list_decisions(site: str) -> Response:
    sender = key_owner(site)
    doorway().count(sender.site_id)
    after = _number("after", 0, 0, _LARGEST_CURSOR)
    limit = _number("limit", 100, 1, MOST_DECISIONS)
    with runtime().reading() as connection:
        with connection.begin():
            complete = settled_up_to(connection, sender.site_id)
        rows = decided_after(connection, sender.site_id, after, limit + 1, up_to=complete)
    page = rows[:limit]
    return json_answer(
        {
            "decisions": [row.payload for row in page],
            "next": str(page[-1].id if page else after),
            "more": len(rows) > limit,
        }
    )


def _number(name: str, default: int, least: int, most: int) -> int:
    written = request.args.get(name)
    if written is None:
        return default
    if not (written.isascii() and written.isdigit() and len(written) <= 19 and least <= int(written) <= most):
        detail = f"Give a whole number from {least} to {most}."
        raise InvalidValueError(f"The parameter {name} cannot be used.", [Fault(name, "invalid_number", detail)])
    return int(written)
