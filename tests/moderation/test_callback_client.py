import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.addresses import AllowList
from moderation.callback_client import (
    CallbackClient,
    CallbackUrlError,
    PermanentFailure,
    TemporaryFailure,
    retry_after_seconds,
)
from tests.moderation.receivers import (
    Authority,
    Evil,
    Receiver,
    closes_at_once,
    closes_in_the_headers,
    never_answers,
    over_https,
    running,
    sends,
    talks_nonsense,
)

OK = b"HTTP/1.1 200 OK\r\n"
BODY = '{"type": "comment.decided", "data": {"comment": "৪২"}}'.encode()
SHORT = 0.4
"""Seconds that a client here gives a receiver that never finishes."""
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as server:
        yield server


def client_for(*servers: Receiver | Evil, timeout: float = 5.0) -> CallbackClient:
    """A client that may reach these servers on loopback and nothing else there."""
    ports = [server.server_port if isinstance(server, Receiver) else server.port for server in servers]
    return CallbackClient(AllowList.parse(",".join(f"127.0.0.1:{port}" for port in ports)), timeout=timeout)


def temporary(client: CallbackClient, url: str) -> TemporaryFailure:
    with pytest.raises(TemporaryFailure) as failed:
        client.post(url, BODY, {})
    assert failed.value.detail
    return failed.value


def permanent(client: CallbackClient, url: str) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as failed:
        client.post(url, BODY, {})
    assert failed.value.detail
    return failed.value


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_2xx_is_delivered_with_the_very_bytes_and_headers(receiver: Receiver, status: int) -> None:
    receiver.status = status
    receiver.answer = b"" if status == 204 else b"ok"
    headers = {"webhook-id": "msg_1", "webhook-signature": "v1,abc", "content-type": "application/json; charset=utf-8"}
    delivered = client_for(receiver).post(receiver.url + "?site=আলো", BODY, headers)
    assert delivered.status == status
    assert delivered.milliseconds >= 0
    [request] = receiver.got
    assert request.path == "/callback?site=%E0%A6%86%E0%A6%B2%E0%A7%8B"
    assert request.body == BODY
    sent = {name.lower(): value for name, value in request.headers.items()}
    assert sent.items() >= headers.items()
    assert sent["host"] == f"127.0.0.1:{receiver.server_port}"
    assert sent["user-agent"].startswith("Alochona")
    assert len(request.headers) == len(sent)


def test_the_host_header_is_the_urls_whatever_the_caller_says(receiver: Receiver) -> None:
    client_for(receiver).post(receiver.url, BODY, {"host": "other.example.org"})
    assert receiver.got[0].headers["Host"] == f"127.0.0.1:{receiver.server_port}"


@pytest.mark.parametrize(
    ("status", "reason_code", "slow"),
    [
        (300, "redirected", True),
        (304, "redirected", True),
        (400, "refused_by_receiver", True),
        (401, "refused_by_receiver", True),
        (403, "refused_by_receiver", True),
        (404, "refused_by_receiver", True),
        (413, "refused_by_receiver", True),
        (408, "receiver_failed", False),
        (429, "receiver_busy", False),
        (500, "receiver_failed", False),
        (502, "receiver_failed", False),
        (503, "receiver_busy", False),
        (504, "receiver_failed", False),
        (599, "receiver_failed", False),
        (600, "bad_response", False),
        (101, "bad_response", False),
    ],
)
def test_any_other_status_but_410_is_temporary(receiver: Receiver, status: int, reason_code: str, slow: bool) -> None:
    receiver.status = status
    failure = temporary(client_for(receiver), receiver.url)
    assert (failure.reason_code, failure.status, failure.slow) == (reason_code, status, slow)
    assert failure.retry_after is None


def test_410_is_permanent(receiver: Receiver) -> None:
    receiver.status = 410
    failure = permanent(client_for(receiver), receiver.url)
    assert (failure.reason_code, failure.status) == ("gone", 410)


@pytest.mark.parametrize(("wish", "seconds"), [("120", 120.0), ("0", 1.0), ("9999999", 86_400.0)])
def test_the_receivers_wish_to_wait_is_handed_on(receiver: Receiver, wish: str, seconds: float) -> None:
    receiver.status = 503
    receiver.answer_headers = {"Retry-After": wish}
    assert temporary(client_for(receiver), receiver.url).retry_after == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("১২০", None),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 1.0),
        ("86401", 86_400.0),
        ("9" * 5_000, 86_400.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 1.0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400.0),
        ("Tue, 24 Nov 2026 12:01:00 -0000", 60.0),
        ("Tue, 24 Nov 2026 18:01:00 +0600", 60.0),
        ("Tue, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_clamped_to_a_day(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(st.text() | st.from_regex(r"\w{3}, [0-9]+ \w{3} [0-9]+ [0-9:]+ [+-]?\w+"))
def test_no_retry_after_header_breaks_its_reader(header: str) -> None:
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or 1.0 <= seconds <= 86_400.0


def test_a_redirect_to_loopback_is_not_followed(receiver: Receiver) -> None:
    with running(Receiver()) as inside:
        receiver.status = 302
        receiver.answer_headers = {"Location": inside.url}
        failure = temporary(client_for(receiver, inside), receiver.url)
        assert (failure.reason_code, failure.status) == ("redirected", 302)
        assert "Save the address" in failure.detail
        assert inside.got == []


@pytest.mark.parametrize(
    "behave",
    [
        never_answers,
        sends(then=b"H", every=0.02),
        sends(OK, then=b"a", every=0.02),
        sends(OK, then=b"X-More: 1\r\n", every=0.01),
        sends(then=b"HTTP/1.1 100 Continue\r\n\r\n", every=0.01),
    ],
    ids=["silence", "drip", "drip in a header", "drip of headers", "endless 100s"],
)
@pytest.mark.timeout(20)
def test_a_receiver_that_never_comes_to_the_point_is_left_at_the_deadline(
    behave: Callable[[socket.socket], None],
) -> None:
    with Evil(behave) as evil:
        assert temporary(client_for(evil, timeout=SHORT), evil.url).reason_code == "timed_out"


@pytest.mark.parametrize(
    "behave",
    [
        sends(OK + b"\r\n", then=b"a" * 65_536, every=0),
        sends(
            OK + b"Transfer-Encoding: chunked\r\n\r\n",
            then=b"8000\r\n" + b"a" * 32_768 + b"\r\n",
            every=0,
        ),
        sends(OK + b"Content-Length: 999999999999\r\n\r\n", then=b"a", every=0.02),
        sends(OK + b"Transfer-Encoding: chunked\r\n\r\n", then=b"nonsense\r\n", every=0.02),
        sends(OK + b"Content-Encoding: gzip\r\n\r\n", then=b"\x00" * 65_536, every=0),
    ],
    ids=["endless", "endless chunks", "drip", "broken chunks", "broken gzip"],
)
@pytest.mark.timeout(20)
def test_a_200_counts_whatever_the_body_does(behave: Callable[[socket.socket], None]) -> None:
    with Evil(behave) as evil:
        assert client_for(evil, timeout=60.0).post(evil.url, BODY, {}).status == 200


@pytest.mark.parametrize(
    ("behave", "reason_code"),
    [
        (closes_at_once, "connection_failed"),
        (closes_in_the_headers, "bad_response"),
        (talks_nonsense, "bad_response"),
        (sends(OK, then=b"X-More: 1\r\n", every=0), "bad_response"),
        (sends(OK + b"X: ", then=b"a" * 10_000, every=0), "bad_response"),
        (
            sends(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", then=b"a", every=0.1),
            "bad_response",
        ),
    ],
)
@pytest.mark.timeout(20)
def test_what_is_no_answer_is_a_temporary_failure(behave: Callable[[socket.socket], None], reason_code: str) -> None:
    with Evil(behave) as evil:
        assert temporary(client_for(evil), evil.url).reason_code == reason_code


def test_where_nothing_listens_the_failure_says_so() -> None:
    with Evil(never_answers) as evil:
        url, client = evil.url, client_for(evil)
    assert temporary(client, url).reason_code == "connection_refused"


@pytest.mark.timeout(20)
def test_a_name_service_that_does_not_answer_is_left_at_the_deadline() -> None:
    released = threading.Event()

    def never_resolves(_: str) -> Sequence[str]:
        released.wait(20)
        return []

    client = CallbackClient(AllowList(), timeout=SHORT, resolve=never_resolves)
    try:
        assert temporary(client, "https://example.org/").reason_code == "timed_out"
    finally:
        released.set()


def test_a_name_without_an_address_is_tried_again_later() -> None:
    client = CallbackClient(AllowList(), resolve=lambda _: [])
    assert temporary(client, "https://unknown.example.org/").reason_code == "unresolvable_host"


@pytest.mark.parametrize(
    ("url", "reason_code"),
    [
        ("https://user@example.org/", "bad_url"),
        ("gopher://example.org/", "bad_url"),
        ("http://example.org/", "https_required"),
        ("https://example.org:22/", "port_refused"),
        ("https://169.254.169.254/", "address_refused"),
        ("https://[::ffff:127.0.0.1]/", "address_refused"),
        ("https://inside.example.org/", "address_refused"),
    ],
)
def test_a_url_that_breaks_the_rules_fails_for_good_and_is_told_when_it_is_saved(url: str, reason_code: str) -> None:
    names = {"example.org": ["93.184.216.34"], "inside.example.org": ["10.0.0.5"]}
    client = CallbackClient(AllowList(), resolve=names.__getitem__)
    assert permanent(client, url).reason_code == reason_code
    with pytest.raises(CallbackUrlError) as refused:
        client.check_url(url)
    assert refused.value.code == reason_code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "[::ffff:127.0.0.1]",
        "[::1]",
    ],
)
def test_no_spelling_of_loopback_reaches_a_listener_there(host: str) -> None:
    with Evil(never_answers) as evil:
        client = CallbackClient(AllowList(), allow_http=True, timeout=2.0)
        for scheme in ("http", "https"):
            assert permanent(client, f"{scheme}://{host}:{evil.port}/").reason_code in {"bad_url", "address_refused"}
        assert evil.connects == 0


def test_a_name_that_changes_between_check_and_connection_never_leads_inside(receiver: Receiver) -> None:
    asked: list[str] = []
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])

    def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    with running(Receiver("127.0.0.2", receiver.server_port)) as meant:
        url = f"http://rebinding.example.org:{meant.server_port}/"
        client = CallbackClient(AllowList.parse(f"127.0.0.2:{meant.server_port}"), resolve=rebinding)
        assert client.post(url, BODY, {}).status == 200
        assert asked == ["rebinding.example.org"]
        assert permanent(client, url).reason_code == "address_refused"
        assert len(meant.got) == 1
        assert meant.got[0].headers["Host"] == f"rebinding.example.org:{meant.server_port}"
    assert receiver.got == []


def test_of_several_addresses_the_refused_are_passed_over_and_the_dead_are_followed_by_the_next() -> None:
    with Evil(never_answers) as refused, running(Receiver("127.0.0.3", refused.port)) as alive:
        client = CallbackClient(
            AllowList.parse(f"127.0.0.2:{refused.port}, 127.0.0.3:{refused.port}"),
            resolve=lambda _: ["127.0.0.1", "127.0.0.2", "127.0.0.3"],
        )
        assert client.post(f"http://many.example.org:{refused.port}/", BODY, {}).status == 200
        assert len(alive.got) == 1
        assert refused.connects == 0


def test_an_address_that_swallows_everything_leaves_time_for_the_next(receiver: Receiver) -> None:
    with ExitStack() as opened:
        full = opened.enter_context(socket.create_server(("127.0.0.2", receiver.server_port), backlog=0))
        for _ in range(3):  # a full backlog: the kernel drops whoever comes next
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        client = CallbackClient(
            AllowList.parse(f"127.0.0.0/8:{receiver.server_port}"),
            timeout=1.0,
            resolve=lambda _: ["127.0.0.2", "127.0.0.1"],
        )
        assert client.post(f"http://many.example.org:{receiver.server_port}/", BODY, {}).status == 200


def test_proxies_of_the_environment_are_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with Evil(never_answers) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.upper(), proxy.url)
        assert client_for(receiver).post(receiver.url, BODY, {}).status == 200
        assert proxy.connects == 0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def https_client(receiver: Receiver, authorities: Path | None, timeout: float = 5.0) -> CallbackClient:
    return CallbackClient(
        AllowList.parse(f"127.0.0.1:{receiver.server_port}"),
        timeout=timeout,
        resolve=lambda _: ["127.0.0.1"],
        authorities=authorities,
    )


def test_over_https_the_original_name_is_asked_for_and_checked(receiver: Receiver, authority: Authority) -> None:
    asked = over_https(receiver, authority.server_context("receiver.example.org"))
    url = f"https://receiver.example.org:{receiver.server_port}/callback"
    assert https_client(receiver, authority.file).post(url, BODY, {}).status == 200
    assert asked == ["receiver.example.org"]
    assert receiver.got[0].headers["Host"] == f"receiver.example.org:{receiver.server_port}"
    assert receiver.got[0].body == BODY


def test_over_https_an_address_is_checked_against_the_certificate_too(receiver: Receiver, authority: Authority) -> None:
    over_https(receiver, authority.server_context("127.0.0.1"))
    url = f"https://127.0.0.1:{receiver.server_port}/"
    assert https_client(receiver, authority.file).post(url, BODY, {}).status == 200


@pytest.mark.parametrize(
    ("certified", "days", "trusted"),
    [
        ("other.example.org", 1, True),
        ("127.0.0.1", 1, True),
        ("*.org", 1, True),
        ("receiver.example.org", -1, True),
        ("receiver.example.org", 1, False),
    ],
    ids=["another name", "the address only", "too wide", "expired", "unknown authority"],
)
def test_a_certificate_that_does_not_prove_the_name_gets_no_body(
    receiver: Receiver, authority: Authority, certified: str, days: int, trusted: bool
) -> None:
    over_https(receiver, authority.server_context(certified, days=days))
    client = https_client(receiver, authority.file if trusted else None)
    failure = temporary(client, f"https://receiver.example.org:{receiver.server_port}/")
    assert failure.reason_code == "bad_certificate"
    assert ".." not in failure.detail
    assert receiver.got == []


def test_plain_http_on_a_port_for_https_is_told_as_such(receiver: Receiver, authority: Authority) -> None:
    client = https_client(receiver, authority.file)
    failure = temporary(client, f"https://receiver.example.org:{receiver.server_port}/")
    assert failure.reason_code == "tls_failed"


@pytest.mark.timeout(20)
def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    with Evil(never_answers) as evil:
        client = CallbackClient(AllowList.parse(f"127.0.0.1:{evil.port}"), timeout=SHORT)
        assert temporary(client, f"https://127.0.0.1:{evil.port}/").reason_code == "timed_out"


@pytest.mark.timeout(20)
def test_an_answer_that_drips_over_tls_is_left_at_the_deadline(authority: Authority) -> None:
    context = authority.server_context("127.0.0.1")

    def drips(peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as secured:
            sends(OK, then=b"a", every=0.02)(secured)

    with Evil(drips) as evil:
        client = CallbackClient(AllowList.parse(f"127.0.0.1:{evil.port}"), timeout=SHORT, authorities=authority.file)
        assert temporary(client, f"https://127.0.0.1:{evil.port}/").reason_code == "timed_out"


def test_many_threads_may_share_one_client(receiver: Receiver) -> None:
    client = client_for(receiver)
    statuses: list[int] = []
    with ExitStack() as joined:
        for _ in range(16):
            thread = threading.Thread(target=lambda: statuses.append(client.post(receiver.url, BODY, {}).status))
            thread.start()
            joined.callback(thread.join)
    assert statuses == [200] * 16
    assert len(receiver.got) == 16


def test_no_failure_tells_the_body(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 500, b"canary of the receiver"
    with pytest.raises(TemporaryFailure) as failed:
        client_for(receiver).post(receiver.url, b"canary of ours", {})
    assert "canary" not in str(failed.value)
    assert "canary" not in repr(failed.value)
