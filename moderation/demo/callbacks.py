"""What a callback says, whether it is genuine, and how it reads in one line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, NonNegativeInt
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

KNOWN_TYPES = ("comment.held", "comment.decided")

_LONGEST_PIECE = 60
_MOST_REASONS = 3


class _Part(BaseModel):
    """Fields that we do not know are kept as they are, so that a newer service may say more."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Reason(_Part):
    rule: str
    label: str | None = None
    value: JsonValue = None
    threshold: JsonValue = None
    text: str = ""


class DecidedBy(_Part):
    kind: str
    role: str | None = None
    bundle: str | None = None


class Told(_Part):
    """What the service says of one comment; the highest `version` of a comment is the one that stands."""

    site: str
    comment_id: str
    version: NonNegativeInt
    revision: NonNegativeInt
    state: str
    verdict: str | None = None
    labels: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    decided_by: DecidedBy | None = None


class Callback(_Part):
    type: Literal["comment.held", "comment.decided"]
    timestamp: datetime
    data: Told


class _Envelope(_Part):
    type: str


class Verifier:
    """Checks Standard Webhooks signatures against one secret. Raises ValueError for a secret that is none."""

    def __init__(self, secret: str) -> None:
        try:
            self._webhook = Webhook(secret)
        except EmptyWebhookSecretError as error:
            raise ValueError(str(error)) from error

    def flaw(self, headers: dict[str, str], body: bytes) -> str | None:
        """None when the signature holds, else what is wrong. The library also raises ValueError on torn headers."""
        try:
            self._webhook.verify(body, headers, json_parse=False)
        except WebhookVerificationError as error:
            return str(error)
        except ValueError:
            return "Malformed headers or body"
        return None


def parse(body: bytes) -> Callback | None:
    """None for a type that we do not know. Raises pydantic's ValidationError for what is no callback."""
    if _Envelope.model_validate_json(body).type not in KNOWN_TYPES:
        return None
    return Callback.model_validate_json(body)


def line(at: datetime, callback: Callback, *, stands: int) -> str:
    """One line for a terminal; `stands` is the version of the comment that stands now."""
    told = callback.data
    pieces = [
        f"{at:%H:%M:%S}",
        f"{callback.type:<15}",
        f"{_piece(told.comment_id)} v{told.version}",
        _piece(told.verdict or told.state),
        f"labels: {_piece(', '.join(told.labels) or 'none')}",
        f"because: {'; '.join(why(told.reasons)) or 'no rule objected'}",
        f"by: {who(told.decided_by)}",
    ]
    if told.version < stands:
        pieces.append(f"(late: v{stands} stands)")
    return "  ".join(pieces)


def why(reasons: Iterable[Reason]) -> list[str]:
    """The first few reasons, each as "threat 0.91 against 0.60 (label_hold)"."""
    return [_because(reason) for reason in list(reasons)[:_MOST_REASONS]]


def who(decided_by: DecidedBy | None) -> str:
    if decided_by is None:
        return "nobody yet"
    more = decided_by.role or decided_by.bundle
    return _piece(decided_by.kind + (f" ({more})" if more else ""))


def printable(text: str) -> str:
    """Without what a terminal would act on: control characters, direction overrides and other invisible ones."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _because(reason: Reason) -> str:
    measured = f"{_number(reason.value)} against {_number(reason.threshold)}" if reason.threshold is not None else ""
    return _piece(" ".join(part for part in (reason.label or reason.text, measured, f"({reason.rule})") if part))


def _number(value: JsonValue) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _piece(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _LONGEST_PIECE else shown[: _LONGEST_PIECE - 1] + "…"
