"""What a callback says, whether it is genuine, and how it reads in one line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, NonNegativeInt
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

KNOWN_TYPES = ("comment.held", "comment.decided")
ASIDE_TYPES = ("story.closed", "story.reopened", "author.sanctioned")
"""What is not about a comment: this demo says that it heard of it, and a real site acts on it."""

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


class Aside(_Part):
    """What the service says of a story or an author; of each the highest `version` stands."""

    site: str
    version: NonNegativeInt
    story_id: str | None = None
    author_id: str | None = None
    closed: bool | None = None
    act: str | None = None
    sanction: str | None = None
    until: str | None = None
    notice: str | None = None
    decided_by: DecidedBy | None = None


class AsideCallback(_Part):
    type: Literal["story.closed", "story.reopened", "author.sanctioned"]
    timestamp: datetime
    data: Aside


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


def parse(body: bytes) -> Callback | AsideCallback | None:
    """None for a type that we do not know. Raises pydantic's ValidationError for what is no callback."""
    kind = _Envelope.model_validate_json(body).type
    if kind in ASIDE_TYPES:
        return AsideCallback.model_validate_json(body)
    return Callback.model_validate_json(body) if kind in KNOWN_TYPES else None


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


def aside_line(callback: AsideCallback) -> str:
    """The same for a story or an author, without the time."""
    told = callback.data
    about = f"story {_piece(told.story_id)}" if told.story_id else f"author {_piece(told.author_id or '?')}"
    pieces = [f"{callback.type:<15}", f"{about} v{told.version}"]
    if callback.type == "author.sanctioned":
        pieces += [_piece(told.act or "?"), f"in force: {_in_force(told)}"]
        pieces += [f"to be told: {_piece(told.notice)}"] if told.notice else []
    return "  ".join([*pieces, f"by: {who(told.decided_by)}"])


def _in_force(told: Aside) -> str:
    return _piece(f"{told.sanction or 'nothing'}{f' until {told.until}' if told.until else ''}")


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
