"""Events as JSON documents and back, for those that wait in the database until their comment comes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from moderation.domain.event import Deleted, Edited, LateEvent, Moderated, Reported
from moderation.domain.vocabulary import BodyFormat, EventType, Label, RejectReason, Verdict


def time_of(event: LateEvent) -> datetime:
    """When the event happened at the site."""
    match event:
        case Edited():
            return event.edited_at
        case Deleted():
            return event.deleted_at
        case Reported():
            return event.reported_at
        case Moderated():
            return event.moderated_at


def document_of(event: LateEvent) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(event).items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def event_of(kind: str, document: Mapping[str, Any]) -> LateEvent:
    """The event that ``document_of`` wrote down."""
    fields = dict(document)
    match EventType(kind):
        case EventType.EDITED:
            fields["format"] = BodyFormat(fields["format"])
            return Edited(**_with_time(fields, "edited_at"))
        case EventType.DELETED:
            return Deleted(**_with_time(fields, "deleted_at"))
        case EventType.REPORTED:
            return Reported(**_with_time(fields, "reported_at"))
        case EventType.MODERATED:
            fields["verdict"] = Verdict(fields["verdict"])
            fields["labels"] = tuple(Label(label) for label in fields["labels"])
            fields["reason"] = RejectReason(fields["reason"])
            return Moderated(**_with_time(fields, "moderated_at"))
        case EventType.CREATED:
            raise ValueError("A new comment never waits for itself.")


def _with_time(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {**fields, name: datetime.fromisoformat(fields[name])}
