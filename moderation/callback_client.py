"""Posts a signed decision to a site, and says of a failure whether trying again can help.

The name of the host is resolved once; every address is checked; the connection is made to one of those very addresses,
with the original name in the Host header, in SNI and in the check of the certificate. So an answer of the name service
that changes between check and connection leads nowhere. No proxy is taken from the environment, no redirect followed.
"""

import queue
import re
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Final, NamedTuple

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from moderation import callback_urls
from moderation.addresses import AllowList
from moderation.callback_urls import CallbackUrlError, Resolve, Target, check_url, resolve_host
from moderation.deadline_sockets import DeadlineSocket, connect, over_tls, seconds_left, tls_context

__all__ = [
    "CallbackClient",
    "CallbackUrlError",
    "Delivered",
    "DeliveryFailure",
    "PermanentFailure",
    "TemporaryFailure",
    "check_url",
]

MOST_ADDRESSES: Final = 4
MOST_BODY_BYTES: Final = 20_000
DRAIN_SECONDS: Final = 1.0
LONGEST_WAIT: Final = 86_400.0

_STANDARD_HEADERS: Final = {
    "User-Agent": "Alochona callbacks/1",
    "Content-Type": "application/json",
    "Connection": "close",
}


class Delivered(NamedTuple):
    """The receiver answered 2xx, after so many milliseconds."""

    status: int
    milliseconds: int


class DeliveryFailure(Exception):  # noqa: N818 - named after what happened; its two kinds are what callers meet
    """One attempt that failed: a stable ``reason_code``, and a ``detail`` that tells a person what to do.

    ``retry_after`` is what the receiver asked for, from 1 to 86,400 seconds; ``status`` its answer, if it gave one.
    """

    def __init__(
        self, reason_code: str, detail: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"{reason_code}: {detail}")
        self.reason_code = reason_code
        self.detail = detail
        self.retry_after = retry_after
        self.status = status


class TemporaryFailure(DeliveryFailure):
    """Trying again can help."""

    @property
    def slow(self) -> bool:
        """Whether somebody must first change something at the receiver, so that trying again soon is no use."""
        return self.reason_code in {"refused_by_receiver", "redirected"}


class PermanentFailure(DeliveryFailure):
    """Trying again is no use until a person has changed the endpoint or the settings."""


class CallbackClient:
    """Posts callbacks under one set of rules. It keeps no connection and no state, so that threads may share it.

    ``timeout`` bounds an attempt as a whole, in seconds, with the look-up of the name. ``authorities`` is a PEM file of
    certificate authorities to trust besides the system's.
    """

    def __init__(
        self,
        allow: AllowList,
        *,
        timeout: float = 15.0,
        allow_http: bool = False,
        resolve: Resolve = resolve_host,
        authorities: Path | None = None,
    ) -> None:
        self._allow = allow
        self._timeout = timeout
        self._allow_http = allow_http
        self._resolve = resolve
        self._tls = tls_context(authorities)

    def check_url(self, url: str) -> None:
        """Raise CallbackUrlError unless this client would post there now."""
        check_url(url, allow=self._allow, allow_http=self._allow_http, resolve=self._resolve)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        """Make one attempt. Raises TemporaryFailure or PermanentFailure unless the receiver answers 2xx."""
        started = time.monotonic()
        try:
            status, retry_after = self._exchange(url, body, headers, started + self._timeout)
        except CallbackUrlError as error:
            raise PermanentFailure(error.code, error.detail) from error
        except (OSError, HTTPException, HTTPError) as error:
            raise _connection_failure(error, self._timeout) from error
        _raise_for_status(status, retry_after)
        return Delivered(status, round((time.monotonic() - started) * 1_000))

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> tuple[int, float | None]:
        target = callback_urls.read_url(url)
        addresses = callback_urls.permitted_addresses(
            target, self._addresses(target, deadline), allow=self._allow, allow_http=self._allow_http
        )
        with connect(addresses[:MOST_ADDRESSES], target.port, deadline) as plain:
            if not target.secure:
                return _converse(plain, target, body, headers)
            with over_tls(plain, self._tls, target.host) as secured:
                return _converse(secured, target, body, headers)

    def _addresses(self, target: Target, deadline: float) -> Sequence[str]:
        """Ask the name service in a thread of its own: the system's resolver knows no deadline and no interruption."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._look_up, args=(target, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=seconds_left(deadline))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise TemporaryFailure(
                "unresolvable_host", f"The host {target.host} has no address now. Check its entry in the name service."
            ) from answer
        return answer

    def _look_up(self, target: Target, answers: "queue.SimpleQueue[Sequence[str] | Exception]") -> None:
        try:
            answers.put(callback_urls.addresses_of(target, self._resolve))
        except Exception as error:  # noqa: BLE001 - it is raised again in the waiting thread
            answers.put(error)


def _converse(
    sock: DeadlineSocket, target: Target, body: bytes, headers: Mapping[str, str]
) -> tuple[int, float | None]:
    """Post over a socket that is connected already; its deadline bounds it. The status, and the Retry-After if any."""
    sent = HTTPHeaderDict(_STANDARD_HEADERS)
    sent.update(headers)
    sent["Host"] = target.host_header
    connection = HTTPConnection(target.host, target.port)
    connection.sock = sock
    connection.request(
        "POST",
        target.path,
        body=body,
        headers=sent,
        preload_content=False,
        decode_content=False,
    )
    response = connection.getresponse()
    if sock.ended:  # http.client takes the end of the stream for the end of the headers
        raise HTTPException("the connection was closed within the headers")
    retry_after = retry_after_seconds(response.headers.get("Retry-After"), datetime.now(UTC))
    # Only the status matters. A short answer is read so that an honest receiver can finish it undisturbed.
    sock.deadline = min(sock.deadline, time.monotonic() + DRAIN_SECONDS)
    with suppress(OSError, HTTPException, HTTPError, ValueError):
        response.read(MOST_BODY_BYTES)
    response.close()
    return response.status, retry_after


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110: seconds or a date), from 1 to a day; None if unreadable."""
    if header is None:
        return None
    value = header.strip()
    if re.fullmatch(r"[0-9]+", value):
        return _clamped(float(value[:12]))
    try:
        moment = parsedate_to_datetime(value)
        return _clamped((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _clamped(seconds: float) -> float:
    return min(max(1.0, seconds), LONGEST_WAIT)


def _raise_for_status(status: int, retry_after: float | None) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        detail = "The receiver says that this address is gone for good. Save a new callback address, then replay."
        raise PermanentFailure("gone", detail, status=status)
    reason_code, detail = _reason(status)
    raise TemporaryFailure(reason_code, detail, retry_after=retry_after, status=status)


def _reason(status: int) -> tuple[str, str]:
    if 300 <= status < 400:
        return "redirected", (
            f"The receiver answered {status}, and redirects are not followed. Save the address that it points to."
        )
    if status in {429, 503}:
        return "receiver_busy", f"The receiver answered {status}: it takes nothing more now."
    if status == 408 or 500 <= status < 600:
        return "receiver_failed", f"The receiver answered {status}. Look into its own error log."
    if 400 <= status < 500:
        return "refused_by_receiver", (
            f"The receiver answered {status}. Check the address, and that it verifies with the current callback secret."
        )
    return "bad_response", f"The receiver answered with the status {status}, which means nothing here."


def _connection_failure(error: Exception, timeout: float) -> TemporaryFailure:
    match error:
        case TimeoutError():
            return TemporaryFailure("timed_out", f"There was no complete answer within {timeout:g} seconds.")
        case ssl.SSLCertVerificationError():
            why = error.verify_message.rstrip(".")
            return TemporaryFailure("bad_certificate", f"The certificate is not valid: {why}.")
        case ssl.SSLError():
            return TemporaryFailure("tls_failed", "No TLS 1.2 or later could be agreed on. Is this port really https?")
        case ConnectionRefusedError():
            return TemporaryFailure("connection_refused", "Nothing listens there. Is the receiver running?")
        case OSError():
            return TemporaryFailure("connection_failed", "The connection could not be made, or it broke off.")
        case _:
            return TemporaryFailure("bad_response", "What came back is no complete HTTP answer.")
