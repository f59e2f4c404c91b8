"""What can go wrong, in the product's own words. ``web`` turns a class into a status; nothing here knows HTTP.

Each error has a stable, machine-readable ``code`` and a message that tells a person what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class ModerationError(Exception):
    """The root of everything that the product refuses.

    ``template`` is the message with ``{places}`` for ``values``, so that a page can say the same in another language.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, template: str = "", **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self.template = template
        self.values = values


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


class StaleListError(ConflictError):
    """Somebody saved another version of a term list meanwhile."""

    code = "stale_list"


class StalePolicyError(ConflictError):
    """Somebody saved another version of a policy meanwhile."""

    code = "stale_policy"


class ClaimedByAnotherError(ConflictError):
    code = "claimed_by_another"


class UndoTooLateError(ConflictError):
    code = "undo_too_late"


class AlreadyExistsError(ConflictError):
    code = "already_exists"


class DecisionsUnderWayError(ModerationError):
    """The list of decisions cannot be told complete at the moment; ``seconds`` until asking again makes sense."""

    code = "decisions_under_way"
    seconds: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__("Decisions are being stored at this moment. Ask again after Retry-After seconds.")


class NotPermittedError(ModerationError):
    code = "not_permitted"


class LoginRefusedError(ModerationError):
    """Wrong e-mail or password, told without saying which."""

    code = "login_refused"


class CodeRefusedError(ModerationError):
    """A one-time or recovery code that is wrong, old or used."""

    code = "code_refused"


class LoginDelayedError(ModerationError):
    """Too many wrong passwords of late; ``seconds`` until the next may be tried."""

    code = "login_delayed"

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many wrong attempts. Wait {seconds} seconds, then try again.", seconds=seconds)
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

    def __init__(self, message: str, faults: Sequence[Fault] = (), **values: object) -> None:
        super().__init__(message, **values)
        self.faults = tuple(faults)


class PromotionRefusedError(ModerationError):
    code = "promotion_refused"
