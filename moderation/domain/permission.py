"""What each role may do: the one table. A guard test holds every route against it."""

from enum import StrEnum
from typing import Final

from moderation.domain.vocabulary import Role


class Permission(StrEnum):
    READ_REVIEW_QUEUE = "read_review_queue"
    DECIDE = "decide"
    """Publish, reject, escalate, skip, take notes."""
    EXPORT = "export"
    """Take comments out of the house as a file."""
    ACT_ON_STORIES = "act_on_stories"
    """Watch a story, hold everything on it, close it."""
    SANCTION_AUTHORS = "sanction_authors"
    HOLD_EVERYTHING = "hold_everything"
    EDIT_TERM_LISTS = "edit_term_lists"
    EDIT_POLICY = "edit_policy"
    SEE_FIGURES = "see_figures"
    """One's own; those of colleagues need ``MANAGE_PEOPLE``."""
    SEE_DELIVERIES = "see_deliveries"
    REPLAY_CALLBACKS = "replay_callbacks"
    SEE_BUNDLES = "see_bundles"
    MANAGE_SITE = "manage_site"
    """Its address, its secrets and keys, its mode."""
    MANAGE_PEOPLE = "manage_people"


_READS: Final = frozenset({Permission.READ_REVIEW_QUEUE, Permission.SEE_FIGURES})
_MODERATES: Final = _READS | {Permission.DECIDE}
_EDITS: Final = _MODERATES | {
    Permission.EXPORT,
    Permission.ACT_ON_STORIES,
    Permission.SANCTION_AUTHORS,
    Permission.HOLD_EVERYTHING,
    Permission.EDIT_TERM_LISTS,
    Permission.EDIT_POLICY,
    Permission.SEE_DELIVERIES,
    Permission.REPLAY_CALLBACKS,
    Permission.SEE_BUNDLES,
}
_ADMINISTERS: Final = _EDITS | {Permission.MANAGE_SITE, Permission.MANAGE_PEOPLE}

_PERMITS: Final = {
    Role.VIEWER: _READS,
    Role.MODERATOR: _MODERATES,
    Role.EDITOR: _EDITS,
    Role.ADMINISTRATOR: _ADMINISTERS,
}


def permits(role: Role, permission: Permission) -> bool:
    return permission in _PERMITS[role]


def permissions_of(role: Role) -> frozenset[Permission]:
    return _PERMITS[role]
