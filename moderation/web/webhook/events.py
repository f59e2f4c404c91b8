"""From checked payloads to the domain's events. E-mail and IP become keyed digests here and go no further as text."""

from collections.abc import Callable

from moderation.domain.event import AuthorFacts, Created, Deleted, Edited, Event, Moderated, Reported, StoryFacts
from moderation.web.webhook.payloads import (
    AuthorPayload,
    CreatedEvent,
    DeletedEvent,
    EditedEvent,
    EventPayload,
    ModeratedEvent,
    ReportedEvent,
)

KeyedDigest = Callable[[str, str], bytes]
"""Of a purpose and a value, as ``Vault.keyed_digest`` makes it."""


def event_of(payload: EventPayload, keyed_digest: KeyedDigest) -> Event:
    match payload:
        case CreatedEvent():
            return _created(payload, keyed_digest)
        case EditedEvent(data=data):
            return Edited(data.id, data.body, data.format, data.edited_at, data.revision, payload.historical)
        case DeletedEvent(data=data):
            return Deleted(data.id, data.deleted_at)
        case ReportedEvent(data=data):
            return Reported(data.id, data.reporter.id, data.reason, data.reported_at, payload.historical)
        case ModeratedEvent():
            return _moderated(payload)


def _created(payload: CreatedEvent, keyed_digest: KeyedDigest) -> Created:
    data = payload.data
    return Created(
        comment_id=data.id,
        story=StoryFacts(data.story.id, data.story.url, data.story.title, data.story.section),
        author=_author(data.author, keyed_digest),
        parent_id=data.parent_id,
        body=data.body,
        format=data.format,
        language=data.language,
        created_at=data.created_at,
        historical=payload.historical,
    )


def _author(author: AuthorPayload, keyed_digest: KeyedDigest) -> AuthorFacts:
    email = author.email.strip().lower() if author.email else ""
    return AuthorFacts(
        ext_id=author.id,
        name=author.name,
        email_hmac=keyed_digest("email", email) if email else None,
        ip_hmac=keyed_digest("ip", author.ip) if author.ip else None,
        url=author.url,
        registered_at=author.registered_at,
    )


def _moderated(payload: ModeratedEvent) -> Moderated:
    data = payload.data
    return Moderated(
        comment_id=data.id,
        verdict=data.verdict,
        labels=tuple(dict.fromkeys(data.labels)),
        reason=data.reason,
        actor=data.actor.name or data.actor.id,
        moderated_at=data.moderated_at,
        historical=payload.historical,
    )
