"""Step 4: a moderator takes a comment from the review queue, gives it back, leaves it to others, or remarks on it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain.errors import ClaimedByAnotherError, ConflictError, InvalidValueError, NotFoundError
from moderation.domain.permission import Permission, permits
from moderation.domain.vocabulary import State
from moderation.steps import noticing
from moderation.store import audit_sample, claims, comments, escalations, moderators, notes, skips
from moderation.store.comments import Known
from moderation.store.unit_of_work import UnitOfWork, Work

CLAIM: Final = timedelta(minutes=10)
"""How long a comment stays with who opened it; an open page renews it well before."""
LONGEST_NOTE: Final = 2_000
"""Characters of a remark or of the note of an escalation."""


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
        known = _locked(unit, public_id)
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


def skip(work: Work, *, moderator_id: int, public_id: uuid.UUID, now: datetime) -> None:
    """Leaves a comment to the others: this person is not shown it again until they ask, or it comes back anew.

    Raises:
        NotFoundError: there is no such comment.
    """
    with work() as unit:
        known = _locked(unit, public_id)
        skips.add(unit.connection, moderator_id=moderator_id, comment_id=known.id, now=now)
        claims.drop(unit.connection, known.id, moderator_id=moderator_id)


def show_skipped_again(work: Work, *, moderator_id: int) -> int:
    """Takes back all of a person's skips; returns how many there were."""
    with work() as unit:
        return skips.take_back(unit.connection, moderator_id=moderator_id)


def escalate(
    work: Work, *, moderator_id: int, public_id: uuid.UUID, to_id: int | None, note: str, now: datetime
) -> None:
    """Hands a waiting comment on with a note: to one colleague, to oneself («leave this to me»), or to who is senior.

    Raises:
        NotFoundError: there is no such comment, or the colleague does not decide at its site.
        ConflictError: the comment does not wait any more.
        InvalidValueError: the note is empty or too long.
    """
    written = _checked(note)
    with work() as unit:
        known = _locked(unit, public_id)
        if not _waits(unit, known):
            raise ConflictError("This comment is not in the review queue any more. Load it again.")
        if to_id is not None and not _decides_at(unit, to_id, known.site_id):
            raise NotFoundError("This colleague does not decide at this site. Choose another.")
        escalations.open_(
            unit.connection,
            site_id=known.site_id,
            comment_id=known.id,
            by_id=moderator_id,
            to_id=to_id,
            note=written,
            now=now,
        )
        claims.drop(unit.connection, known.id, moderator_id=moderator_id)
        by = moderators.by_id(unit.connection, moderator_id)
        noticing.tell_escalation(
            unit, site_id=known.site_id, by_id=moderator_id, by_name=by.name if by else "", to_id=to_id, now=now
        )


def _waits(unit: UnitOfWork, known: Known) -> bool:
    """Held, or drawn for a blind look: a refusal for these would tell which they are."""
    drawn = known.state in {State.PUBLISHED, State.REJECTED} and audit_sample.waits(
        unit.connection, known.id, known.revision
    )
    return known.state is State.HELD or drawn


def _decides_at(unit: UnitOfWork, moderator_id: int, site_id: int) -> bool:
    roles = moderators.roles(unit.connection, moderator_id)
    return any(at.site_id == site_id and permits(at.role, Permission.DECIDE) for at in roles)


def note_comment(work: Work, *, moderator_id: int, public_id: uuid.UUID, text: str) -> None:
    """Leaves a remark for the desk on a comment.

    Raises:
        NotFoundError: there is no such comment.
        InvalidValueError: the remark is empty or too long.
    """
    _note(work, moderator_id, public_id, text, about_author=False)


def note_author(work: Work, *, moderator_id: int, public_id: uuid.UUID, text: str) -> None:
    """Leaves a remark for the desk on the author of a comment; raises what ``note_comment`` does."""
    _note(work, moderator_id, public_id, text, about_author=True)


def note_author_by_id(work: Work, *, moderator_id: int, site_id: int, author_id: int, text: str) -> None:
    """The same from the author's own page, for one of the site's authors."""
    written = _checked(text)
    with work() as unit:
        notes.add(unit.connection, site_id=site_id, author_id=author_id, moderator_id=moderator_id, text=written)


def _note(work: Work, moderator_id: int, public_id: uuid.UUID, text: str, *, about_author: bool) -> None:
    written = _checked(text)
    with work() as unit:
        known = _locked(unit, public_id)
        notes.add(
            unit.connection,
            site_id=known.site_id,
            comment_id=None if about_author else known.id,
            author_id=known.author_id if about_author else None,
            moderator_id=moderator_id,
            text=written,
        )


def _locked(unit: UnitOfWork, public_id: uuid.UUID) -> Known:
    known = comments.lock_public(unit.connection, public_id)
    if known is None:
        raise NotFoundError("There is no such comment.")
    return known


def _checked(note: str) -> str:
    written = note.strip()
    if not written:
        raise InvalidValueError("Write a few words, so that colleagues know what it is about.")
    if len(written) > LONGEST_NOTE:
        raise InvalidValueError("A note has room for {n} characters. Shorten it.", n=LONGEST_NOTE)
    return written
