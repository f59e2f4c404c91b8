"""Step 4: a moderator takes a comment from the review queue and gives it back."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain.errors import ClaimedByAnotherError, ConflictError, NotFoundError
from moderation.store import claims, comments
from moderation.store.unit_of_work import Work

CLAIM: Final = timedelta(minutes=10)
"""How long a comment stays with who opened it; an open page renews it well before."""


@dataclass(frozen=True, slots=True)
class Claimed:
    token: uuid.UUID
    until: datetime


def claim(work: Work, *, moderator_id: int, public_id: uuid.UUID, now: datetime) -> Claimed:
    """Takes, or renews, a lease on a comment.

    Raises:
        NotFoundError: there is no such comment.
        ClaimedByAnotherError: a colleague has it; the message names them.
    """
    taken = Claimed(uuid.uuid4(), now + CLAIM)
    with work() as unit:
        known = comments.lock_public(unit.connection, public_id)
        if known is None:
            raise NotFoundError("There is no such comment.")
        if claims.take(
            unit.connection, known.id, moderator_id=moderator_id, token=taken.token, now=now, until=taken.until
        ):
            return taken
        holder = claims.holder(unit.connection, known.id, now)
    if holder is None:
        raise ConflictError("A colleague gave this comment back just now. Open it again.")
    raise ClaimedByAnotherError("{name} has this comment open. Take the next one.", name=holder.name)


def release(work: Work, *, moderator_id: int, public_id: uuid.UUID, token: uuid.UUID | None = None) -> None:
    """Gives a comment back; one that somebody else holds, or nobody, stays as it is.

    With a ``token`` only that lease ends: a page that is left late does not end the claim of its successor.
    """
    with work() as unit:
        known = comments.lock_public(unit.connection, public_id)
        if known is not None:
            claims.drop(unit.connection, known.id, moderator_id=moderator_id, token=token)
