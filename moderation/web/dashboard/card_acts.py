"""What a person does with a card short of a verdict: remark on it, hand it on, leave it to the others."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.permission import Permission
from moderation.steps import reviewing
from moderation.web.current import runtime
from moderation.web.dashboard.blueprint import dashboard, visitor
from moderation.web.dashboard.cards import card_for, show
from moderation.web.dashboard.next_card import address_of_next, wanted_filter
from moderation.web.errors import problem_of


@dashboard.post("/review/<uuid:public_id>/note")
def note(public_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a remark; the page that follows tells the script which draft it may forget."""
    card = card_for(public_id, Permission.DECIDE)
    try:
        reviewing.note_comment(
            runtime().work, moderator_id=_me(), public_id=public_id, text=request.form.get("text", "")
        )
    except InvalidValueError as error:
        return show(card, problem_of(error))
    return redirect(url_for("dashboard.card", public_id=public_id, **wanted_filter(), _anchor="notes"), 303)


@dashboard.post("/review/<uuid:public_id>/escalate")
def escalate(public_id: uuid.UUID) -> ResponseReturnValue:
    """Hands the comment on, and opens the next one; where there is none, the same card, which tells whose it is now."""
    card = card_for(public_id, Permission.DECIDE)
    try:
        to_id, text = _addressee(request.form.get("to", "")), request.form.get("text", "")
        reviewing.escalate(
            runtime().work, moderator_id=_me(), public_id=public_id, to_id=to_id, note=text, now=runtime().now()
        )
    except (ConflictError, InvalidValueError, NotFoundError) as error:
        return show(card, problem_of(error))
    return redirect(address_of_next(card), 303)


def _addressee(written: str) -> int | None:
    """A colleague's id, one's own for «me», or ``None`` for whoever is senior."""
    if written == "me":
        return _me()
    if written in {"", "seniors"}:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise InvalidValueError("The form was damaged. Load the page again and repeat what you did.")
    return int(written)


@dashboard.post("/review/<uuid:public_id>/leave")
def leave(public_id: uuid.UUID) -> ResponseReturnValue:
    """Skips the comment for this person, and opens the next one."""
    card = card_for(public_id, Permission.DECIDE)
    reviewing.skip(runtime().work, moderator_id=_me(), public_id=public_id, now=runtime().now())
    return redirect(address_of_next(card), 303)


def _me() -> int:
    return visitor().visitor.moderator_id
