"""Step 1: a site's events → stored, exactly once.

New comments go in by the batch, in one statement. Everything else (repeats, edits, deletions, reports, verdicts of the
site, comments known under another webhook id) takes the careful way, one event a transaction.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import uuid_utils.compat

from classifiers import html_to_text
from moderation.domain.errors import CommentDiffersError, ConflictError, ModerationError, WebhookIdReusedError
from moderation.domain.event import TYPE_OF, Created, Deleted, Delivery, Edited, LateEvent, Moderated, Receipt, Reported
from moderation.domain.jobs import Job
from moderation.domain.vocabulary import BodyFormat, Mode, State
from moderation.steps import deciding, event_documents, routing
from moderation.store import claims, comments, inbox, policies, reports
from moderation.store.unit_of_work import UnitOfWork, Work

_LINK: Final = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)
_TRIES: Final = 5
"""How often a delivery that met another transaction on its way is tried again at once."""


class _MetAnotherError(Exception):
    """Another transaction stored the same story, author, comment or webhook id a moment ago; try again and see it."""


def receive(work: Work, site_id: int, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Stores a site's deliveries in their order and says what became of each.

    A refused delivery carries its ``error`` in the receipt and leaves nothing behind; the others stand.
    """
    receipts: list[Receipt] = []
    for run in _runs(deliveries):
        receipts += _take_in_run(work, site_id, run)
    return receipts


def apply_early(work: Work, site_id: int, comment_id: str) -> None:
    """Applies events that arrived while their comment was being stored; the sweep finds such."""
    with work() as unit:
        known = comments.lock(unit.connection, site_id, comment_id)
        if known is not None:
            _apply_waiting_events(unit, site_id, known.ext_id)


def _runs(deliveries: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """Cuts the deliveries, in order, into stretches of new comments that share no id, and single other events."""
    cuts = [0]
    webhook_ids: set[str] = set()
    comment_ids: set[str] = set()
    for position, delivery in enumerate(deliveries):
        repeats = delivery.webhook_id in webhook_ids or delivery.event.comment_id in comment_ids
        previous_alone = position > 0 and not isinstance(deliveries[position - 1].event, Created)
        if position > 0 and (repeats or previous_alone or not isinstance(delivery.event, Created)):
            cuts.append(position)
            webhook_ids, comment_ids = set(), set()
        webhook_ids.add(delivery.webhook_id)
        comment_ids.add(delivery.event.comment_id)
    return [deliveries[start:end] for start, end in pairwise([*cuts, len(deliveries)]) if end > start]


def _take_in_run(work: Work, site_id: int, run: Sequence[Delivery]) -> list[Receipt]:
    """Stores a stretch of new comments at once; where some are not new, halves find them quickly."""
    if isinstance(run[0].event, Created):
        try:
            with work() as unit:
                return _take_in(unit, site_id, run)
        except _MetAnotherError:
            pass
    if len(run) == 1:
        return [_receive_one(work, site_id, run[0])]
    middle = len(run) // 2
    return [*_take_in_run(work, site_id, run[:middle]), *_take_in_run(work, site_id, run[middle:])]


def _take_in(unit: UnitOfWork, site_id: int, run: Sequence[Delivery]) -> list[Receipt]:
    batch = []
    for delivery in run:
        assert isinstance(delivery.event, Created)  # noqa: S101 - what _runs made of it
        incoming = _incoming(delivery, delivery.event)
        state = State.PUBLISHED if delivery.event.historical else State.WAITING
        batch.append((incoming, state.value, _answer(incoming.public_id, delivery.event.comment_id, state)))
    taken = inbox.take_in(unit.connection, site_id, batch)
    if taken.stored < len(batch):
        raise _MetAnotherError
    for comment_id in taken.with_early_events:
        _apply_waiting_events(unit, site_id, comment_id)
    unit.note(Job.SCORE_COMMENTS)
    return [_receipt(delivery, answer) for delivery, (_, _, answer) in zip(run, batch, strict=True)]


def _incoming(delivery: Delivery, created: Created) -> inbox.Incoming:
    text, html = _readable(created.body, created.format)
    return inbox.Incoming(
        webhook_id=delivery.webhook_id,
        body_sha256=delivery.body_sha256,
        public_id=uuid_utils.compat.uuid7(),
        created=created,
        text=text,
        html=html,
        links=count_links(text),
    )


def _readable(body: str, written_as: BodyFormat) -> tuple[str, str | None]:
    """The text that people and the classifier read, and the body as it came where that was HTML."""
    return (html_to_text(body), body) if written_as is BodyFormat.HTML else (body, None)


def count_links(text: str) -> int:
    return len(_LINK.findall(text))


def _receive_one(work: Work, site_id: int, delivery: Delivery) -> Receipt:
    for _ in range(_TRIES):
        try:
            with work() as unit:
                return _apply_delivery(unit, site_id, delivery)
        except _MetAnotherError:
            continue
        except ModerationError as error:
            return Receipt(delivery.webhook_id, delivery.event.comment_id, None, None, error=error)
    busy = ConflictError("Other deliveries about this comment arrived at the same moment. Send this one again.")
    return Receipt(delivery.webhook_id, delivery.event.comment_id, None, None, error=busy)


def _apply_delivery(unit: UnitOfWork, site_id: int, delivery: Delivery) -> Receipt:
    seen = inbox.seen(unit.connection, site_id, delivery.webhook_id)
    if seen is not None:
        if seen.body_sha256 != delivery.body_sha256:
            raise WebhookIdReusedError(
                "This webhook-id was used before with another body. Give every event an id of its own."
            )
        return _receipt(delivery, seen.answer, repeated=True)
    if isinstance(delivery.event, Created):
        known = comments.lock(unit.connection, site_id, delivery.event.comment_id)
        if known is None:
            return _take_in(unit, site_id, [delivery])[0]
        answer = _created_again(unit, known, delivery.event)
    else:
        answer = _late_event(unit, site_id, delivery.event)
    if not inbox.remember(unit.connection, site_id, delivery.webhook_id, delivery.body_sha256, answer):
        raise _MetAnotherError
    return _receipt(delivery, answer)


def _created_again(unit: UnitOfWork, known: comments.Known, created: Created) -> dict[str, Any]:
    """A comment that is known under another webhook id: the same content is the same comment, other content is not."""
    text, html = _readable(created.body, created.format)
    first = comments.wording(unit.connection, known.id, 1)
    if (first.text, first.html) != (text, html):
        raise CommentDiffersError(
            f"Comment {created.comment_id!r} is stored with another body. Send changes as comment.edited."
        )
    return _answer(known.public_id, known.ext_id, known.state)


def _late_event(unit: UnitOfWork, site_id: int, event: LateEvent) -> dict[str, Any]:
    known = comments.lock(unit.connection, site_id, event.comment_id)
    if known is None:
        document = event_documents.document_of(event)
        occurred_at = event_documents.time_of(event)
        inbox.keep_early(unit.connection, site_id, event.comment_id, TYPE_OF[type(event)].value, document, occurred_at)
        return _answer(None, event.comment_id, None)
    state = _apply(unit, known, event)
    return _answer(known.public_id, known.ext_id, state)


def _apply_waiting_events(unit: UnitOfWork, site_id: int, comment_id: str) -> None:
    for kind, document in inbox.take_early(unit.connection, site_id, comment_id):
        known = comments.lock(unit.connection, site_id, comment_id)
        if known is not None:
            _apply(unit, known, event_documents.event_of(kind, document))


def _apply(unit: UnitOfWork, known: comments.Known, event: LateEvent) -> State:
    """What an event does to a stored comment; returns the comment's state after it. A deleted comment stays deleted."""
    if known.state is State.DELETED:
        return State.DELETED
    match event:
        case Edited():
            return _edit(unit, known, event)
        case Deleted():
            return _delete(unit, known)
        case Reported():
            return _report(unit, known, event)
        case Moderated():
            return deciding.record_site_verdict(unit, known, event)


def _edit(unit: UnitOfWork, known: comments.Known, event: Edited) -> State:
    current = comments.wording(unit.connection, known.id, known.revision)
    text, html = _readable(event.body, event.format)
    if _is_older(event, current) or (text, html) == (current.text, current.html):
        return known.state
    comments.add_revision(
        unit.connection,
        known,
        text=text,
        html=html,
        links=count_links(text),
        written_at=event.edited_at,
        site_revision=event.revision,
    )
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, State.WAITING)])
    if known.state is State.PUBLISHED:
        rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
        if rules.mode is Mode.HOLD_FIRST:
            routing.tell_edited(unit, known, rules)
    unit.note(Job.SCORE_COMMENTS)
    return State.WAITING


def _is_older(event: Edited, current: comments.Wording) -> bool:
    """Whether an edit was overtaken: by the site's own revision number where both have one, else by time."""
    if event.revision is not None and current.site_revision is not None:
        return event.revision <= current.site_revision
    return event.edited_at < current.written_at


def _delete(unit: UnitOfWork, known: comments.Known) -> State:
    comments.set_state(unit.connection, known.id, State.DELETED)
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, State.DELETED)])
    claims.drop(unit.connection, known.id)
    return State.DELETED


def _report(unit: UnitOfWork, known: comments.Known, event: Reported) -> State:
    """A new report counts; enough of them bring a published comment back to the review queue."""
    new = reports.add(unit.connection, known.id, reporter=event.reporter, reason=event.reason, at=event.reported_at)
    if not new or known.state is not State.PUBLISHED:
        return known.state
    rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
    return routing.hold_if_reported(unit, known, rules, known.reports + 1)


def _answer(public_id: uuid.UUID | None, comment_id: str, state: State | None) -> dict[str, Any]:
    return {
        "id": str(public_id) if public_id else None,
        "comment_id": comment_id,
        "state": state.value if state else None,
    }


def _receipt(delivery: Delivery, answer: Mapping[str, Any], *, repeated: bool = False) -> Receipt:
    return Receipt(
        webhook_id=delivery.webhook_id,
        comment_id=delivery.event.comment_id,
        public_id=uuid.UUID(answer["id"]) if answer["id"] else None,
        state=State(answer["state"]) if answer["state"] else None,
        repeated=repeated,
    )
