"""What each role may do: the one table. A guard test holds every route against it."""

from enum import StrEnum
from typing import Final

from moderation.domain.vocabulary import Role


class Permission(StrEnum):
    READ_REVIEW_QUEUE = "read_review_queue"
    DECIDE = "decide"
    SEE_DELIVERIES = "see_deliveries"
    REPLAY_CALLBACKS = "replay_callbacks"
    SEE_FIGURES = "see_figures"
    SEE_BUNDLES = "see_bundles"
    MANAGE = "manage"


_READS: Final = frozenset({Permission.READ_REVIEW_QUEUE, Permission.SEE_FIGURES})
_MODERATES: Final = _READS | {Permission.DECIDE}
_EDITS: Final = _MODERATES | {Permission.SEE_DELIVERIES, Permission.REPLAY_CALLBACKS, Permission.SEE_BUNDLES}

_PERMITS: Final = {
    Role.VIEWER: _READS,
    Role.MODERATOR: _MODERATES,
    Role.EDITOR: _EDITS,
    Role.ADMINISTRATOR: _EDITS | {Permission.MANAGE},
}


def permits(role: Role, permission: Permission) -> bool:
    return permission in _PERMITS[role]
