"""Step 1, many at once: up to 500 events in one signed request, each with an outcome of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response
from pydantic import TypeAdapter

from moderation.domain.errors import Fault, InvalidValueError, ModerationError
from moderation.domain.event import Delivery, Receipt
from moderation.steps import receiving
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.errors import problem_of
from moderation.web.webhook.authentication import Sender
from moderation.web.webhook.blueprint import webhook
from moderation.web.webhook.doorway import doorway
from moderation.web.webhook.events import event_of
from moderation.web.webhook.payloads import MOST_EVENTS, WebhookId
from moderation.web.webhook.presenting import receipt_document
from moderation.web.webhook.reading import digest, parse_event, parse_json, read_body, validated

LARGEST_BATCH: Final = 4 * 1024 * 1024

_ID: Final[TypeAdapter[str]] = TypeAdapter(WebhookId)


@dataclass(frozen=True, slots=True)
class _Refused:
    webhook_id: str | None
    error: ModerationError


@webhook.post("/events:batch")
def receive_batch(site: str) -> Response:
    """Takes events in their order; one that is refused does not keep the others out."""
    body = read_body(LARGEST_BATCH)
    sender, _ = doorway().directory.verify(site, body, runtime().now())
    doorway().count(sender.site_id)
    items = [_read_item(item, position) for position, item in enumerate(_items(parse_json(body)))]
    deliveries = [item for item in items if isinstance(item, Delivery)]
    receipts = iter(receiving.receive(runtime().work, sender.site_id, deliveries))
    results = [
        _refusal(item.webhook_id, item.error) if isinstance(item, _Refused) else _result(sender, next(receipts))
        for item in items
    ]
    return json_answer({"results": results})


def _items(document: object) -> Sequence[object]:
    if not isinstance(document, dict) or set(document) != {"events"}:
        raise InvalidValueError(
            'A batch is {"events": [{"id", "event"}, …]} and nothing else.',
            [Fault("", "wrong_form", "Give an object whose only field is events.")],
        )
    events = document["events"]
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        detail = f"Give a list of 1 to {MOST_EVENTS} events."
        raise InvalidValueError(f"A batch has 1 to {MOST_EVENTS} events.", [Fault("/events", "wrong_length", detail)])
    return events


def _read_item(item: object, position: int) -> Delivery | _Refused:
    base = f"/events/{position}"
    webhook_id = None
    try:
        fields = _fields(item, base)
        webhook_id = validated(_ID, fields["id"], f"{base}/id")
        payload = parse_event(fields["event"], f"{base}/event")
        return Delivery(webhook_id, digest(fields["event"]), event_of(payload, runtime().vault.keyed_digest))
    except ModerationError as error:
        return _Refused(webhook_id, error)


def _fields(item: object, base: str) -> Mapping[str, object]:
    if not isinstance(item, dict) or set(item) != {"id", "event"}:
        raise InvalidValueError(
            "Each event of a batch has an id and an event.",
            [Fault(base, "wrong_form", "Give an object with the fields id and event, and no other.")],
        )
    return item


def _result(sender: Sender, receipt: Receipt) -> dict[str, Any]:
    if receipt.error is not None:
        return _refusal(receipt.webhook_id, receipt.error)
    return {"id": receipt.webhook_id, "status": 202, "answer": receipt_document(sender.slug, receipt)}


def _refusal(webhook_id: str | None, error: ModerationError) -> dict[str, Any]:
    problem = problem_of(error)
    return {"id": webhook_id, "status": problem.status, "problem": problem.document()}
