"""Who has a comment open: the page's script claims at opening, renews, and gives back; without it buttons do."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import InvalidValueError
from moderation.domain.permission import Permission
from moderation.steps import reviewing
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.dashboard.cards import card_for
from moderation.web.dashboard.scripted import by_script


@dashboard.post("/review/<uuid:public_id>/claim")
def claim(public_id: uuid.UUID) -> ResponseReturnValue:
    """Takes or renews; a script gets the lease's token, or who has the comment, a form its page again."""
    card_for(public_id, Permission.DECIDE)
    claimed = reviewing.claim(
        runtime().work, moderator_id=visitor().visitor.moderator_id, public_id=public_id, now=runtime().now()
    )
    if by_script():
        return json_answer({"token": str(claimed.token), "until": claimed.until.isoformat()}, HTTPStatus.OK)
    return redirect(url_for("dashboard.card", public_id=public_id), 303)


@dashboard.post("/review/<uuid:public_id>/release")
def release(public_id: uuid.UUID) -> ResponseReturnValue:
    """Gives back; with a token only that lease, which is how a page that is being left does it."""
    card_for(public_id, Permission.DECIDE)
    reviewing.release(runtime().work, moderator_id=visitor().visitor.moderator_id, public_id=public_id, token=_token())
    return redirect(url_for("dashboard.review"), 303)


def _token() -> uuid.UUID | None:
    written = request.form.get("token")
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.") from None
