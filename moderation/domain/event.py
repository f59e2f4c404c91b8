"""What a site tells about a comment, parsed and checked, and what it is answered."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from moderation.domain.errors import ModerationError
from moderation.domain.vocabulary import BodyFormat, EventType, Label, RejectReason, State, Verdict


@dataclass(frozen=True, slots=True)
class StoryFacts:
    ext_id: str
    url: str
    title: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """The author as the site knows it; e-mail and IP arrive here already as keyed digests."""

    ext_id: str
    name: str
    email_hmac: bytes | None = None
    ip_hmac: bytes | None = None
    url: str | None = None
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Created:
    comment_id: str
    story: StoryFacts
    author: AuthorFacts
    parent_id: str | None
    body: str
    format: BodyFormat
    language: str | None
    created_at: datetime
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    comment_id: str
    body: str
    format: BodyFormat
    edited_at: datetime
    revision: int | None = None
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    comment_id: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    comment_id: str
    reporter: str
    reason: str
    reported_at: datetime
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Moderated:
    """Somebody decided at the site itself."""

    comment_id: str
    verdict: Verdict
    labels: tuple[Label, ...]
    reason: RejectReason
    actor: str
    moderated_at: datetime
    historical: bool = False


Event = Created | Edited | Deleted | Reported | Moderated
LateEvent = Edited | Deleted | Reported | Moderated
"""Events about a comment that exists; one that comes before its ``Created`` is kept until then."""

TYPE_OF: dict[type[Event], EventType] = {
    Created: EventType.CREATED,
    Edited: EventType.EDITED,
    Deleted: EventType.DELETED,
    Reported: EventType.REPORTED,
    Moderated: EventType.MODERATED,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it came: under which webhook id, and with which bytes (their SHA-256)."""

    webhook_id: str
    body_sha256: bytes
    event: Event


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery. ``public_id`` is ``None`` while the comment itself has not arrived.

    ``version`` belongs to ``state``: a callback about a lower one is out of date.
    """

    webhook_id: str
    comment_id: str
    public_id: uuid.UUID | None
    state: State | None
    version: int | None = None
    repeated: bool = False
    error: ModerationError | None = None
