"""The words of the project as enumerations, stored by value; the glossary is in docs/glossary.md."""

from enum import StrEnum


class Label(StrEnum):
    """What a classifier scores, in the order of every score vector."""

    TOXICITY = "toxicity"
    INSULT = "insult"
    PROFANITY = "profanity"
    IDENTITY_ATTACK = "identity_attack"
    THREAT = "threat"
    SEXUALLY_EXPLICIT = "sexually_explicit"
    SPAM = "spam"


class Script(StrEnum):
    """How a comment is written, which is not the same as its language."""

    BANGLA = "bn"
    ROMANIZED_BANGLA = "bn-Latn"
    ENGLISH = "en"
    MIXED = "mixed"
    UNDETERMINED = "und"


class Mode(StrEnum):
    """What a site does with a comment until a decision arrives."""

    OBSERVE = "observe"
    PUBLISH_FIRST = "publish_first"
    HOLD_FIRST = "hold_first"


class State(StrEnum):
    """Where a comment is in its life."""

    WAITING = "waiting"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    DELETED = "deleted"


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class Action(StrEnum):
    """What a policy rule asks for, from mild to strict."""

    PUBLISH = "publish"
    HOLD = "hold"
    REJECT = "reject"


class ListAction(StrEnum):
    """What a term list does with a comment that it hits; ``mark`` only tells the moderators."""

    MARK = "mark"
    HOLD = "hold"
    REJECT = "reject"


class Actor(StrEnum):
    """Who made a decision."""

    MODERATOR = "moderator"
    CLASSIFIER = "classifier"
    SITE = "site"


class Role(StrEnum):
    """What a person may do at one site, or everywhere; what each role permits is in ``domain.permission``."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    MODERATOR = "moderator"
    VIEWER = "viewer"


class Sanction(StrEnum):
    """What a desk may do about an author, from mild to strict; only the last two are in force for a time."""

    WARNING = "warning"
    SUSPENSION = "suspension"
    BAN = "ban"


class BodyFormat(StrEnum):
    PLAIN = "plain"
    HTML = "html"


class EventType(StrEnum):
    CREATED = "comment.created"
    EDITED = "comment.edited"
    DELETED = "comment.deleted"
    REPORTED = "comment.reported"
    MODERATED = "comment.moderated"


class CallbackType(StrEnum):
    HELD = "comment.held"
    DECIDED = "comment.decided"
    STORY_CLOSED = "story.closed"
    STORY_REOPENED = "story.reopened"
    AUTHOR_SANCTIONED = "author.sanctioned"


class CallbackState(StrEnum):
    """``pending`` is due at some time; ``parked`` was given up after the last attempt and waits for a replay."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"
    CANCELLED = "cancelled"


class RejectReason(StrEnum):
    """Why a person rejects. Only ``labels`` teaches the classifier; the others say nothing about the seven labels."""

    LABELS = "labels"
    OFF_TOPIC = "off_topic"
    DUPLICATE = "duplicate"
    PERSONAL_DATA = "personal_data"
    LEGAL = "legal"


class SecretPurpose(StrEnum):
    WEBHOOK = "webhook"
    CALLBACK = "callback"
