"""The examples of docs/examples are run as they stand, in Python and PHP; the library is the independent verifier."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3

from moderation.web.webhook.payloads import EVENT
from tests.moderation.demo.callback_samples import encoded, make_callback, signed
from tests.moderation.demo.verifying_server import (
    OTHER_SECRET,
    SECRET,
    Scripted,
    VerifyingServer,
    verifying_server,
)

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PYTHON = [sys.executable, "-W", "error"]
PHP = ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr", "-d", "log_errors=0"]
HOSTILE = "নমস্কার 'x' \"y\" </script> \\u0041 \u202e\u200d 😀 ক্ষ\nদুই"


def need_php() -> None:
    if shutil.which("php") is None:
        if os.environ.get("CI"):
            pytest.fail("PHP is missing: install php-cli")
        pytest.skip("PHP is missing: install php-cli to run this test")


@pytest.fixture(params=["python", "php"])
def language(request: pytest.FixtureRequest) -> str:
    if request.param == "php":
        need_php()
    return str(request.param)


class Receiver:
    """One of the two example receivers as a process, with its own empty store."""

    def __init__(self, language: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.language = language
        self.store = folder / "comments"
        self.errors = folder / "errors"
        settings = {
            "MODERATION_CALLBACK_SECRET": SECRET,
            "COMMENTS_DATABASE": str(self.store),
            "COMMENTS_FILE": str(self.store),
            "PORT": str(self.port),
        }
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                self._command(), env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=errors
            )

    def _command(self) -> list[str]:
        if self.language == "python":
            return [*PYTHON, str(EXAMPLES / "python" / "receive_callbacks.py")]
        return [*PHP, "-S", f"127.0.0.1:{self.port}", str(EXAMPLES / "php" / "receive_callbacks.php")]

    def wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail(f"the {self.language} example does not listen: {self.errors.read_text(encoding='utf-8')}")

    def ask(self, method: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        with urllib3.PoolManager(retries=False, timeout=10) as http:
            return http.request(method, f"http://127.0.0.1:{self.port}/moderation", body=body, headers=headers).status

    def hear(self, webhook_id: str, version: int, verdict: str | None = "reject", comment_id: str = "c-001") -> int:
        body = encoded(make_callback(comment_id, version, verdict))
        return self.ask("POST", body, signed(body, webhook_id))

    def comments(self) -> dict[str, tuple[str, int]]:
        """What it has stored: comment → (state, version)."""
        if not self.store.exists():
            return {}
        if self.language == "php":
            known = json.loads(self.store.read_text(encoding="utf-8"))["comments"]
            return {comment: (told["state"], told["version"]) for comment, told in known.items()}
        with closing(sqlite3.connect(self.store)) as database:
            rows = database.execute("select id, state, version from comments").fetchall()
        return {comment: (state, version) for comment, state, version in rows}


@pytest.fixture
def receiver(language: str, tmp_path: Path) -> Iterator[Receiver]:
    started = Receiver(language, tmp_path)
    try:
        started.wait_until_it_listens()
        yield started
    finally:
        started.process.kill()
        started.process.wait()
    assert "Warning" not in started.errors.read_text(encoding="utf-8")


@pytest.fixture
def service() -> Iterator[VerifyingServer]:
    with verifying_server() as server:
        yield server


def run_sender(
    language: str, service: VerifyingServer, text: str | bytes, secret: str = SECRET
) -> subprocess.CompletedProcess[str]:
    program = EXAMPLES / language / f"send_comment.{'py' if language == 'python' else 'php'}"
    settings = {
        "MODERATION_URL": f"{service.url}/",
        "MODERATION_SITE": "khobor",
        "MODERATION_WEBHOOK_SECRET": secret,
    }
    return subprocess.run(
        [*(PYTHON if language == "python" else PHP), str(program), "c-77", text],
        env={**os.environ, **settings},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_sender_sends_a_comment_that_the_library_verifies(language: str, service: VerifyingServer) -> None:
    done = run_sender(language, service, HOSTILE)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"waiting: {service.url}/v1/sites/khobor/comments/c-77\n"
    assert [(taken.webhook_id, taken.data["id"]) for taken in service.taken] == [("comment-created-c-77", "c-77")]
    assert service.taken[0].data["body"] == HOSTILE
    assert service.taken[0].path == "/v1/sites/khobor/events"
    assert EVENT.validate_json(service.taken[0].body).data.id == "c-77"


def test_the_sender_tries_again_with_the_same_id_and_body(language: str, service: VerifyingServer) -> None:
    service.script.append(Scripted(503, {"Retry-After": "1"}))
    done = run_sender(language, service, "আবার")

    assert done.returncode == 0
    assert len(service.taken) == 1
    first, second = service.attempts
    assert (first.webhook_id, first.body) == (second.webhook_id, second.body)


def test_the_sender_says_why_it_was_refused(language: str, service: VerifyingServer) -> None:
    done = run_sender(language, service, "না", secret=OTHER_SECRET)

    assert done.returncode == 1
    assert "refused with 401" in done.stderr
    assert "signature_invalid" in done.stderr
    assert len(service.attempts) == 1


def test_the_sender_follows_no_redirect(language: str, service: VerifyingServer) -> None:
    service.script.append(Scripted(307, {"Location": f"{service.url}/elsewhere"}))
    done = run_sender(language, service, "না")

    assert "refused with 307" in done.stderr
    assert len(service.attempts) == 1


def test_a_php_site_repairs_broken_utf8_rather_than_losing_the_comment(service: VerifyingServer) -> None:
    need_php()
    run_sender("php", service, b"ok \xff\xe0\xa6 end")

    assert [taken.data["body"] for taken in service.taken] == ["ok \ufffd\ufffd end"]


def test_the_receiver_applies_a_genuine_callback(receiver: Receiver) -> None:
    assert receiver.hear("m1", 1) == 204
    assert receiver.comments() == {"c-001": ("rejected", 1)}


@pytest.mark.parametrize("minutes", [-6, 6])
def test_the_receiver_refuses_a_stale_callback(receiver: Receiver, minutes: int) -> None:
    body = encoded(make_callback())

    assert receiver.ask("POST", body, signed(body, "m1", datetime.now(UTC) + timedelta(minutes=minutes))) == 401
    assert receiver.comments() == {}


def test_the_receiver_refuses_what_is_forged(receiver: Receiver) -> None:
    body = encoded(make_callback())
    genuine = signed(body, "m1")
    forged = [
        {},
        signed(body, "m1", secret=OTHER_SECRET),
        {**genuine, "webhook-id": "m2"},
        {**genuine, "webhook-timestamp": str(int(genuine["webhook-timestamp"]) + 1)},
        {**genuine, "webhook-timestamp": "soon"},
        {**genuine, "webhook-signature": genuine["webhook-signature"].removeprefix("v1,")},
        {**genuine, "webhook-signature": "v1,"},
        {**genuine, "webhook-signature": ""},
    ]

    assert [receiver.ask("POST", body, headers) for headers in forged] == [401] * len(forged)
    assert receiver.ask("POST", body + b" ", genuine) == 401
    assert receiver.comments() == {}


def test_the_receiver_applies_each_webhook_id_once(receiver: Receiver) -> None:
    receiver.hear("m1", 1, "reject")
    again = receiver.hear("m1", 2, "approve")

    assert again == 204
    assert receiver.comments() == {"c-001": ("rejected", 1)}


def test_the_receiver_keeps_the_highest_version_whatever_comes_last(receiver: Receiver) -> None:
    receiver.hear("m3", 3, "approve")
    receiver.hear("m2", 2, None)
    receiver.hear("m1", 1, "reject")
    receiver.hear("n1", 1, "reject", comment_id="মন্তব্য-২")

    assert receiver.comments() == {"c-001": ("published", 3), "মন্তব্য-২": ("rejected", 1)}


def test_the_receiver_accepts_either_signature_while_a_secret_is_changed(receiver: Receiver) -> None:
    body = encoded(make_callback())
    headers = signed(body, "m1", secret=OTHER_SECRET)
    headers["webhook-signature"] += " " + signed(body, "m1")["webhook-signature"]

    assert receiver.ask("POST", body, headers) == 204
    assert receiver.comments() == {"c-001": ("rejected", 1)}


def test_the_receiver_acknowledges_a_type_that_it_does_not_know(receiver: Receiver) -> None:
    body = encoded({"type": "author.sanctioned", "timestamp": "2026-11-24T08:00:00Z", "data": {"author_id": "a"}})

    assert receiver.ask("POST", body, signed(body, "m1")) == 204
    assert receiver.comments() == {}


def test_the_receiver_takes_neither_other_methods_nor_giant_bodies(receiver: Receiver) -> None:
    giant = b" " * (256 * 1024 + 1)

    assert receiver.ask("GET") == 405
    assert receiver.ask("POST", giant, signed(giant, "m1")) == 413
