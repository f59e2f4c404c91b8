"""What people are told of outside the pages, by which ways, and when a state that goes on is told of again."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from moderation.domain.permission import Permission


class NoticeKind(StrEnum):
    """What a notice is about. The first five can be chosen; the others go to whoever asked for them."""

    ESCALATION = "escalation"
    BACKLOG = "backlog"
    OLDEST = "oldest"
    RECEIVER_DOWN = "receiver_down"
    STORY_BREAKER = "story_breaker"
    TEST = "test"
    FORGOTTEN = "forgotten"


class Way(StrEnum):
    """How a notice reaches somebody; a webhook is one of the form that Slack, Mattermost and others take."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Turn(StrEnum):
    """What a notice tells: a state began, a state ended, or something happened once."""

    OVER = "over"
    BACK = "back"
    EVENT = "event"


class NoticeState(StrEnum):
    """``pending`` is due at some time; ``cancelled`` was overtaken, or nobody is there any more to be told."""

    PENDING = "pending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


CHOSEN_FROM: Final = (
    NoticeKind.ESCALATION,
    NoticeKind.BACKLOG,
    NoticeKind.OLDEST,
    NoticeKind.RECEIVER_DOWN,
    NoticeKind.STORY_BREAKER,
)
NEEDS: Final = {
    NoticeKind.ESCALATION: Permission.DECIDE,
    NoticeKind.BACKLOG: Permission.READ_REVIEW_QUEUE,
    NoticeKind.OLDEST: Permission.READ_REVIEW_QUEUE,
    NoticeKind.RECEIVER_DOWN: Permission.SEE_DELIVERIES,
    NoticeKind.STORY_BREAKER: Permission.READ_REVIEW_QUEUE,
}
"""What somebody must be allowed to do at a site to be told this of it."""
SENIOR: Final = Permission.ACT_ON_STORIES
"""Who may do this at a site is senior there: what is handed on to nobody by name is for them."""
USUAL: Final = frozenset({(NoticeKind.ESCALATION, Way.EMAIL)})
"""What somebody gets who has chosen nothing yet."""

BACK_BELOW: Final = 0.8
"""A backlog is told to be over its limit above it, and back below this share of it, so that one comment more or less
does not tell the same again and again."""


def is_over(value: float, limit: float | None, *, was_over: bool) -> bool:
    """Whether a value counts as over its limit, given whether it did before; without a limit nothing does."""
    if limit is None:
        return False
    return value > (BACK_BELOW * limit if was_over else limit)


def is_told(*, over: bool, told_over: bool, told_at: datetime | None, now: datetime, quiet: timedelta) -> bool:
    """Whether to tell of a state now: it differs from what was told last, and the quiet time is over.

    ``told_at`` is when it was last told to be over. That it is back is good news, and told at once.
    """
    return over is not told_over and (not over or told_at is None or now - told_at >= quiet)
