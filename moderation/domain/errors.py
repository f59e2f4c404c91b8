"""What can go wrong, in the product's own words. ``web`` turns a class into a status; nothing here knows HTTP.

Each error has a stable, machine-readable ``code`` and a message that tells a person what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class ModerationError(Exception):
    """The root of everything that the product refuses."""

    code: ClassVar[str] = "refused"


class NotFoundError(ModerationError):
    code = "not_found"


class ConflictError(ModerationError):
    """The request contradicts what is stored."""

    code = "conflict"


class WebhookIdReusedError(ConflictError):
    code = "webhook_id_reused"


class CommentDiffersError(ConflictError):
    code = "comment_differs"


class StaleDecisionError(ConflictError):
    """Somebody or something decided, or the author edited, after the moderator saw the comment."""

    code = "stale_decision"


class ClaimedByAnotherError(ConflictError):
    code = "claimed_by_another"


class UndoTooLateError(ConflictError):
    code = "undo_too_late"


class AlreadyExistsError(ConflictError):
    code = "already_exists"


class NotPermittedError(ModerationError):
    code = "not_permitted"


class LoginRefusedError(ModerationError):
    """Wrong e-mail or password, told without saying which."""

    code = "login_refused"


class LoginDelayedError(ModerationError):
    """Too many wrong passwords of late; ``seconds`` until the next may be tried."""

    code = "login_delayed"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong passwords. Wait {seconds} seconds, then try again.")
        self.seconds = seconds


class LinkExpiredError(ModerationError):
    code = "link_expired"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a value: where (a JSON pointer, or a form field's name), which rule, and in words."""

    pointer: str
    code: str
    detail: str


class InvalidValueError(ModerationError):
    """A value that a person or a site sent breaks a rule."""

    code = "invalid_value"

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class PromotionRefusedError(ModerationError):
    code = "promotion_refused"
