"""The tables, in four families. Importing this package registers them all on ``Base.metadata``."""

from moderation.store.schema.base import Base
from moderation.store.schema.comments import Author, Comment, EarlyEvent, InboxEntry, Report, Revision, Story
from moderation.store.schema.deciding import Callback, CallbackAttempt, Claim, Decision, Outcome, Score
from moderation.store.schema.operation import (
    AuditEntry,
    Bundle,
    Counter,
    Heartbeat,
    Invitation,
    Lease,
    LoginAttempt,
    Membership,
    Moderator,
    Promotion,
    Session,
)
from moderation.store.schema.sites import ApiKey, Endpoint, PolicyVersion, Secret, Site, TermList

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Author",
    "Base",
    "Bundle",
    "Callback",
    "CallbackAttempt",
    "Claim",
    "Comment",
    "Counter",
    "Decision",
    "EarlyEvent",
    "Endpoint",
    "Heartbeat",
    "InboxEntry",
    "Invitation",
    "Lease",
    "LoginAttempt",
    "Membership",
    "Moderator",
    "Outcome",
    "PolicyVersion",
    "Promotion",
    "Report",
    "Revision",
    "Score",
    "Secret",
    "Session",
    "Site",
    "Story",
    "TermList",
]
