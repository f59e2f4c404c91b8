"""What a site sends, as pydantic models: the checks at the door and the OpenAPI document come from the same classes."""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from moderation.domain.vocabulary import BodyFormat, Label, RejectReason, Verdict

LONGEST_ID: Final = 200
LONGEST_NAME: Final = 300
LONGEST_TITLE: Final = 1_000
LONGEST_ADDRESS: Final = 2_000
LONGEST_BODY: Final = 65_536
"""Characters, far above what any comment form takes; the body's bytes are limited beside."""
MOST_EVENTS: Final = 500

_YEARS: Final = range(1990, 2201)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("nul_character", "An id cannot contain the character U+0000.")
    return value


def _nul_replaced(value: str) -> str:
    """PostgreSQL stores no U+0000; readers' text is kept, with the replacement character in its place."""
    return value.replace("\0", "\ufffd")


def _only_written(value: object) -> object:
    """A number would be read as seconds or milliseconds, by guess."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise PydanticCustomError(
            "invalid_time", "Give the time as RFC 3339 with its offset, such as 2026-11-24T10:15:00+06:00."
        )
    return value


def _in_range(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise PydanticCustomError("time_out_of_range", "The year must be from 1990 to 2200.")
    return value.astimezone(UTC)


def _ip_address(value: str) -> str:
    try:
        return ipaddress.ip_address(value).compressed
    except ValueError as error:
        raise PydanticCustomError("invalid_ip", "Give one IPv4 or IPv6 address.") from error


Identifier = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=LONGEST_ID), AfterValidator(_without_nul)
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_only_written),
    AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Name = Annotated[str, StringConstraints(strict=True, max_length=LONGEST_NAME), AfterValidator(_nul_replaced)]
Title = Annotated[str, StringConstraints(strict=True, max_length=LONGEST_TITLE), AfterValidator(_nul_replaced)]
Text = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=LONGEST_BODY), AfterValidator(_nul_replaced)
]
StoryAddress = Annotated[
    str,
    StringConstraints(strict=True, max_length=LONGEST_ADDRESS, pattern=r"^https?://"),
    AfterValidator(_nul_replaced),
]
# Readers type their own web address, junk too; that must not cost the comment, so it is stored as text.
AuthorAddress = Annotated[
    str, StringConstraints(strict=True, max_length=LONGEST_ADDRESS), AfterValidator(_nul_replaced)
]
Email = Annotated[str, StringConstraints(strict=True, max_length=320), AfterValidator(_nul_replaced)]
IpAddress = Annotated[
    str, StringConstraints(strict=True, max_length=64), AfterValidator(_ip_address), Field(examples=["203.0.113.7"])
]
Language = Annotated[str, StringConstraints(strict=True, max_length=35, pattern=_LANGUAGE)]


class Payload(BaseModel):
    """A field that we do not know is refused: a misspelt optional one would be lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StoryPayload(Payload):
    id: Identifier
    url: StoryAddress
    title: Title
    section: Title = ""


class AuthorPayload(Payload):
    """E-mail and IP are kept as keyed digests only."""

    id: Identifier
    name: Name
    email: Email | None = None
    url: AuthorAddress | None = None
    ip: IpAddress | None = None
    registered_at: Moment | None = None


class CreatedData(Payload):
    id: Identifier
    story: StoryPayload
    parent_id: Identifier | None = None
    author: AuthorPayload
    body: Text
    format: BodyFormat = BodyFormat.PLAIN
    created_at: Moment
    language: Language | None = None


class EditedData(Payload):
    """``revision`` is the site's own count of wordings; where both have one, it orders edits better than time."""

    id: Identifier
    body: Text
    format: BodyFormat = BodyFormat.PLAIN
    edited_at: Moment
    revision: Annotated[StrictInt, Field(ge=0, le=2**31 - 1)] | None = None


class DeletedData(Payload):
    id: Identifier
    deleted_at: Moment


class ReporterPayload(Payload):
    id: Identifier


class ReportedData(Payload):
    id: Identifier
    reason: Title
    reporter: ReporterPayload
    reported_at: Moment


class ActorPayload(Payload):
    id: Identifier
    name: Name | None = None


class ModeratedData(Payload):
    """``reason`` says why a comment was rejected; with ``labels``, the default, the decision teaches the classifier."""

    id: Identifier
    verdict: Verdict
    labels: Annotated[list[Label], Field(max_length=len(Label))] = Field(default_factory=list)
    reason: RejectReason = RejectReason.LABELS
    actor: ActorPayload
    moderated_at: Moment

    @model_validator(mode="after")
    def _labels_accuse(self) -> "ModeratedData":
        if self.labels and self.verdict is Verdict.APPROVE:
            raise PydanticCustomError("labels_of_approved", "Labels belong to a rejection; an approval has none.")
        return self


class Envelope(Payload):
    """What every event has: Standard Webhooks' ``type`` and ``timestamp``, and whether it is an import of the past."""

    timestamp: Moment
    historical: StrictBool = False


class CreatedEvent(Envelope):
    type: Literal["comment.created"]
    data: CreatedData


class EditedEvent(Envelope):
    type: Literal["comment.edited"]
    data: EditedData


class DeletedEvent(Envelope):
    type: Literal["comment.deleted"]
    data: DeletedData


class ReportedEvent(Envelope):
    type: Literal["comment.reported"]
    data: ReportedData


class ModeratedEvent(Envelope):
    type: Literal["comment.moderated"]
    data: ModeratedData


EventPayload = Annotated[
    CreatedEvent | EditedEvent | DeletedEvent | ReportedEvent | ModeratedEvent, Discriminator("type")
]
EVENT: Final[TypeAdapter[EventPayload]] = TypeAdapter(EventPayload)

WebhookId = Annotated[str, StringConstraints(strict=True, pattern=r"^[!-\-/-~]{1,200}$")]
"""Printable ASCII without the full stop, as in the header of a single event."""


class BatchItem(Payload):
    id: WebhookId
    event: EventPayload


class Batch(Payload):
    """Each event has the ``webhook-id`` of its own that it would have had alone."""

    events: Annotated[list[BatchItem], Field(min_length=1, max_length=MOST_EVENTS)]
