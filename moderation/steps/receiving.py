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
from moderation.store import claims, comments, decisions, deliveries, inbox, policies, reports
from moderation.store.inbox import MetAnotherError
from moderation.store.unit_of_work import UnitOfWork, Work

_LINK: Final = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)
_TRIES: Final = 5
"""How often a delivery that met another transaction on its way is tried again at once."""


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
    """Stores what is new in a stretch at once, and the rest (repeats, late events) one by one, in their order."""
    new = [delivery for delivery in run if isinstance(delivery.event, Created)]
    done = dict(_take_in_together(work, site_id, [one for one in new if not _is_import(one)], imports=False))
    done.update(_take_in_together(work, site_id, [one for one in new if _is_import(one)], imports=True))
    return [done.get(delivery.webhook_id) or _receive_one(work, site_id, delivery) for delivery in run]


def _is_import(delivery: Delivery) -> bool:
    return isinstance(delivery.event, Created) and delivery.event.historical


def _take_in_together(work: Work, site_id: int, run: Sequence[Delivery], *, imports: bool) -> Mapping[str, Receipt]:
    """Receipts, by webhook id, of those new comments that no early event waits for.

    Storing them is one statement, which PostgreSQL commits by itself; imports are counted in the same transaction.
    """
    if not run:
        return {}
    batch = [_prepared(delivery) for delivery in run]
    try:
        with work(one_statement=not imports) as unit:
            stored = inbox.take_in(unit.connection, site_id, batch, plain_only=True).stored
            if imports:
                _count_imports(unit, site_id, list(stored))
            if stored:
                unit.note(Job.SCORE_COMMENTS)
    except MetAnotherError:
        return {}
    return {
        delivery.webhook_id: _receipt(delivery, answer)
        for delivery, (_, _, answer) in zip(run, batch, strict=True)
        if delivery.event.comment_id in stored
    }


def _prepared(delivery: Delivery) -> tuple[inbox.Incoming, str, dict[str, Any]]:
    assert isinstance(delivery.event, Created)  # noqa: S101 - what both callers chose
    incoming = _incoming(delivery, delivery.event)
    state = State.PUBLISHED if delivery.event.historical else State.WAITING
    return incoming, state.value, _answer(incoming.public_id, delivery.event.comment_id, state, 0)


def _take_in(unit: UnitOfWork, site_id: int, delivery: Delivery) -> Receipt:
    """Stores one new comment, an import or one that early events wait for, with all that follows from that."""
    incoming, state, answer = _prepared(delivery)
    taken = inbox.take_in(unit.connection, site_id, [(incoming, state, answer)])
    if not taken.stored:
        raise MetAnotherError
    unit.note(Job.SCORE_COMMENTS)
    if taken.with_early_events:
        answer = _answer_after_early_events(unit, site_id, delivery)
    if incoming.created.historical:
        _count_imports(unit, site_id, [delivery.event.comment_id])
    return _receipt(delivery, answer)


def _count_imports(unit: UnitOfWork, site_id: int, comment_ids: Sequence[str]) -> None:
    """What came as published counts for its author, or a later rejection would count one down too many."""
    if comment_ids:
        authors = comments.authors_of(unit.connection, site_id, comment_ids)
        comments.count_verdicts(unit.connection, [(author, State.WAITING, State.PUBLISHED) for author in authors])


def _answer_after_early_events(unit: UnitOfWork, site_id: int, delivery: Delivery) -> dict[str, Any]:
    """Applies what waited for a comment that is stored now; the answer, and its repeats, tell where that led."""
    _apply_waiting_events(unit, site_id, delivery.event.comment_id)
    answer = _present_answer(unit, site_id, delivery.event.comment_id)
    inbox.restate(unit.connection, site_id, delivery.webhook_id, answer)
    return answer


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
        except MetAnotherError:
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
            return _take_in(unit, site_id, delivery)
        answer = _created_again(unit, known, delivery.event)
    else:
        answer = _late_event(unit, site_id, delivery.event)
    if not inbox.remember(unit.connection, site_id, delivery.webhook_id, delivery.body_sha256, answer):
        raise MetAnotherError
    return _receipt(delivery, answer)


def _created_again(unit: UnitOfWork, known: comments.Known, created: Created) -> dict[str, Any]:
    """A comment that is known under another webhook id: the same content is the same comment, other content is not."""
    text, html = _readable(created.body, created.format)
    first = comments.wording(unit.connection, known.id, 1)
    if (first.text, first.html) != (text, html):
        raise CommentDiffersError(
            f"Comment {created.comment_id!r} is stored with another body. Send changes as comment.edited."
        )
    return _answer(known.public_id, known.ext_id, known.state, known.version)


def _late_event(unit: UnitOfWork, site_id: int, event: LateEvent) -> dict[str, Any]:
    known = comments.lock(unit.connection, site_id, event.comment_id)
    if known is None:
        document = event_documents.document_of(event)
        occurred_at = event_documents.time_of(event)
        inbox.keep_early(unit.connection, site_id, event.comment_id, TYPE_OF[type(event)].value, document, occurred_at)
        return _answer(None, event.comment_id, None, None)
    _apply(unit, known, event)
    return _present_answer(unit, site_id, event.comment_id)


def _present_answer(unit: UnitOfWork, site_id: int, comment_id: str) -> dict[str, Any]:
    """Where a stored comment stands after what this transaction did to it."""
    known = comments.lock(unit.connection, site_id, comment_id)
    assert known is not None  # noqa: S101 - it is stored, and locked by this transaction
    return _answer(known.public_id, known.ext_id, known.state, known.version)


def _apply_waiting_events(unit: UnitOfWork, site_id: int, comment_id: str) -> None:
    waiting = inbox.take_early(unit.connection, site_id, comment_id)
    if waiting:
        # A verdict may be among them, behind an edit that locks the author's counts (store.decisions tells why).
        decisions.take_part(unit.connection, site_id)
    for kind, document in waiting:
        known = comments.lock(unit.connection, site_id, comment_id)
        if known is not None:
            _apply(unit, known, event_documents.event_of(kind, document))


def _apply(unit: UnitOfWork, known: comments.Known, event: LateEvent) -> None:
    """What an event does to a stored comment. A deleted comment stays deleted."""
    if known.state is State.DELETED:
        return
    match event:
        case Edited():
            _edit(unit, known, event)
        case Deleted():
            _delete(unit, known)
        case Reported():
            _report(unit, known, event)
        case Moderated():
            deciding.record_site_verdict(unit, known, event)


def _edit(unit: UnitOfWork, known: comments.Known, event: Edited) -> None:
    current = comments.wording(unit.connection, known.id, known.revision)
    if _is_older(event, current):
        return
    text, html = _readable(event.body, event.format)
    if (text, html) == (current.text, current.html):
        # Back to the same words: an edit in between that arrives later must still be known for an older one.
        comments.restamp(unit.connection, current.id, written_at=event.edited_at, site_revision=event.revision)
        return
    comments.add_revision(
        unit.connection,
        known,
        text=text,
        html=html,
        links=count_links(text),
        written_at=event.edited_at,
        site_revision=event.revision,
    )
    if event.historical:
        comments.set_state(unit.connection, known.id, known.state)
        return
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, State.WAITING)])
    if known.state is State.PUBLISHED:
        rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
        if rules.mode is Mode.HOLD_FIRST:
            routing.tell_edited(unit, known, rules)
    unit.note(Job.SCORE_COMMENTS)


def _is_older(event: Edited, current: comments.Wording) -> bool:
    """Whether an edit was overtaken: by the site's own revision number where both have one, else by time."""
    if event.revision is not None and current.site_revision is not None:
        return event.revision <= current.site_revision
    return event.edited_at < current.written_at


def _delete(unit: UnitOfWork, known: comments.Known) -> None:
    """What was still to be told about the comment is not sent; what is under way has a lower version."""
    comments.advance(
        unit.connection,
        known.id,
        State.DELETED,
        standing_decision_id=known.standing_decision_id,
        version=known.version + 1,
    )
    comments.count_verdicts(unit.connection, [(known.author_id, known.state, State.DELETED)])
    claims.drop(unit.connection, known.id)
    deliveries.withdraw(unit.connection, known.id)


def _report(unit: UnitOfWork, known: comments.Known, event: Reported) -> None:
    """A new report counts; enough of them bring a published comment back to the review queue.

    One that is just being scored is scored again: what is under way knows of one report less, and is not stored.
    """
    new = reports.add(unit.connection, known.id, reporter=event.reporter, reason=event.reason, at=event.reported_at)
    if new and known.state is State.WAITING:
        comments.release(unit.connection, [known.id])
        unit.note(Job.SCORE_COMMENTS)
        unit.note(Job.SCORE_SINGLY)
    if not new or event.historical or known.state is not State.PUBLISHED:
        return
    rules = policies.rules_of(unit.connection, [known.site_id])[known.site_id]
    routing.hold_if_reported(unit, known, rules, known.reports + 1)


def _answer(public_id: uuid.UUID | None, comment_id: str, state: State | None, version: int | None) -> dict[str, Any]:
    return {
        "id": str(public_id) if public_id else None,
        "comment_id": comment_id,
        "state": state.value if state else None,
        "version": version,
    }


def _receipt(delivery: Delivery, answer: Mapping[str, Any], *, repeated: bool = False) -> Receipt:
    return Receipt(
        webhook_id=delivery.webhook_id,
        comment_id=delivery.event.comment_id,
        public_id=uuid.UUID(answer["id"]) if answer["id"] else None,
        state=State(answer["state"]) if answer["state"] else None,
        version=answer.get("version"),
        repeated=repeated,
    )
