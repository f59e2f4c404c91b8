"""The tables, in five families. Importing this package registers them all on ``Base.metadata``."""

from moderation.store.schema.base import Base
from moderation.store.schema.comments import Author, Comment, EarlyEvent, InboxEntry, Report, Revision, Story
from moderation.store.schema.deciding import AuditDraw, Callback, CallbackAttempt, Claim, Decision, Outcome, Score
from moderation.store.schema.desk import Escalation, Note, Skip
from moderation.store.schema.operation import (
    AuditEntry,
    Bundle,
    Counter,
    DriftMeasurement,
    DriftReference,
    Heartbeat,
    Invitation,
    Lease,
    LoginAttempt,
    Membership,
    Moderator,
    Promotion,
    Session,
    ShadowChoice,
)
from moderation.store.schema.promoting import GateVerdict, GoldRow, GoldSet
from moderation.store.schema.sites import ApiKey, Endpoint, PolicyVersion, Secret, Site, TermList, TermListVersion

__all__ = [
    "ApiKey",
    "AuditDraw",
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
    "DriftMeasurement",
    "DriftReference",
    "EarlyEvent",
    "Endpoint",
    "Escalation",
    "GateVerdict",
    "GoldRow",
    "GoldSet",
    "Heartbeat",
    "InboxEntry",
    "Invitation",
    "Lease",
    "LoginAttempt",
    "Membership",
    "Moderator",
    "Note",
    "Outcome",
    "PolicyVersion",
    "Promotion",
    "Report",
    "Revision",
    "Score",
    "Secret",
    "Session",
    "ShadowChoice",
    "Site",
    "Skip",
    "Story",
    "TermList",
    "TermListVersion",
]
