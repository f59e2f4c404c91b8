"""Standard Webhooks 1.0.0 signatures: signs what leaves, verifies what arrives, over the ``standardwebhooks`` library.

Verifying works on the raw bytes and comes before any parsing. The library's own ``verify`` reads the clock itself and
lets ValueError, binascii.Error, UnicodeDecodeError and RecursionError out; so the signature is made again with the
library's ``sign`` and compared here, and whatever goes wrong is a SignatureError.
"""

import base64
import hmac
import re
import secrets as random_source
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from standardwebhooks import Webhook

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
SIGNING_HEADERS: Final = (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)

TOLERANCE_SECONDS: Final = 300
"""How far a message's time may lie from ours, either way; the specification's five minutes."""

SECRET_BYTES: Final = 32
LONGEST_SIGNATURE_HEADER: Final = 4_096

# No full stop: it parts id, time and body in what is signed.
_ID = re.compile(r"[!-\-/-~]{1,200}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")
_SIGNATURES = re.compile(r"[ -~]+")

SignatureFault = Literal["missing_header", "malformed_header", "stale_timestamp", "wrong_signature"]


class SignatureError(Exception):
    """A message that must not be believed; ``code`` is stable and machine-readable."""

    def __init__(self, code: SignatureFault, detail: str) -> None:
        super().__init__(detail)
        self.code: SignatureFault = code
        self.detail = detail


class VerifiedHeaders(NamedTuple):
    """What the headers of a genuine message say; ``sent_at`` is the time of this attempt, in UTC."""

    webhook_id: str
    sent_at: datetime


def new_secret() -> str:
    return "whsec_" + base64.b64encode(random_source.token_bytes(SECRET_BYTES)).decode()


def sign(body: bytes, *, webhook_id: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers for these bytes, with one signature for each secret (more than one while rotating).

    ValueError where the receiver could not verify the result: no secret, a naive time, an id that breaks the rules.
    """
    if not secrets:
        raise ValueError("signing needs at least one secret")
    if at.tzinfo is None:
        raise ValueError("the time of signing needs a time zone")
    if not _ID.fullmatch(webhook_id):
        raise ValueError("a webhook id is 1 to 200 printable ASCII characters without '.' and space")
    sent_at = at.astimezone(UTC)
    return {
        ID_HEADER: webhook_id,
        TIMESTAMP_HEADER: str(int(sent_at.timestamp())),
        SIGNATURE_HEADER: " ".join(_signature(body, webhook_id, sent_at, secret) for secret in secrets),
    }


def verify(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> VerifiedHeaders:
    """Who and when, if one of the secrets signed exactly these bytes within five minutes of ``now``.

    Raises SignatureError otherwise, and nothing else whatever the headers and the body hold.
    """
    try:
        return _verify(body, headers, secrets, now)
    except SignatureError:
        raise
    except Exception as error:
        raise SignatureError("wrong_signature", "The signature could not be checked.") from error


def _verify(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> VerifiedHeaders:
    webhook_id, timestamp, signatures = _read_headers(headers)
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs((now - sent_at).total_seconds()) > TOLERANCE_SECONDS:
        raise SignatureError(
            "stale_timestamp",
            f"{TIMESTAMP_HEADER} is more than {TOLERANCE_SECONDS} seconds from this server's time. "
            "Sign each attempt with its own time, and check the clock.",
        )
    if not _any_match(body, webhook_id, sent_at, secrets, signatures.split(" ")):
        raise SignatureError(
            "wrong_signature",
            "No signature fits. Sign 'id.timestamp.body' with this endpoint's secret, over the very bytes sent.",
        )
    return VerifiedHeaders(webhook_id, sent_at)


def _read_headers(headers: Mapping[str, str]) -> tuple[str, str, str]:
    webhook_id = _one(headers, ID_HEADER)
    timestamp = _one(headers, TIMESTAMP_HEADER)
    signatures = _one(headers, SIGNATURE_HEADER)
    if not _ID.fullmatch(webhook_id):
        raise _malformed(ID_HEADER, "1 to 200 printable ASCII characters without '.' and space")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise _malformed(TIMESTAMP_HEADER, "whole seconds since 1970, in digits")
    if len(signatures) > LONGEST_SIGNATURE_HEADER or not _SIGNATURES.fullmatch(signatures):
        raise _malformed(SIGNATURE_HEADER, "a list like 'v1,BASE64 v1,BASE64', parted by single spaces")
    return webhook_id, timestamp, signatures


def _one(headers: Mapping[str, str], name: str) -> str:
    values = [value for key, value in headers.items() if key.lower() == name]
    if len(values) > 1:
        raise _malformed(name, "given once")
    if not values or not values[0]:
        raise SignatureError("missing_header", f"The header {name} is missing.")
    return values[0]


def _malformed(name: str, rule: str) -> SignatureError:
    return SignatureError("malformed_header", f"The header {name} must be {rule}.")


def _any_match(
    body: bytes, webhook_id: str, sent_at: datetime, secrets: Sequence[str], candidates: Sequence[str]
) -> bool:
    # Every secret meets every candidate: the time taken does not tell which one fitted.
    expected = [_signature(body, webhook_id, sent_at, secret).encode() for secret in secrets]
    fits = [hmac.compare_digest(ours, theirs.encode()) for ours in expected for theirs in candidates]
    return any(fits)


def _signature(body: bytes, webhook_id: str, sent_at: datetime, secret: str) -> str:
    """One 'v1,…' over UTF-8 bytes; the library signs text and reads any time as UTC, so it is given UTC."""
    return str(Webhook(secret).sign(msg_id=webhook_id, timestamp=sent_at, data=body.decode()))
