"""The receiver as a process: it starts, hears, remembers over restarts and ends cleanly."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest
import urllib3

from tests.moderation.demo.callback_samples import encoded, make_callback, signed
from tests.moderation.demo.verifying_server import SECRET


class Running(NamedTuple):
    process: subprocess.Popen[str]
    port: int
    output: IO[str]

    def send(self, webhook_id: str, comment_id: str = "c-001") -> int:
        body = encoded(make_callback(comment_id))
        return self.ask("POST", "/callbacks", body, signed(body, webhook_id)).status

    def page(self) -> str:
        return self.ask("GET", "/").data.decode()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        with urllib3.PoolManager(retries=False, timeout=10) as http:
            return http.request(method, f"http://127.0.0.1:{self.port}{path}", body=body, headers=headers)


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n", encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "callbacks.jsonl"


def _command(secret_file: Path, log: Path, port: int = 0) -> list[str]:
    options = ["--port", str(port), "--secret-file", str(secret_file), "--log", str(log)]
    return [sys.executable, "-m", "moderation.demo.receiver", *options]


@contextmanager
def running(secret_file: Path, log: Path) -> Iterator[Running]:
    with subprocess.Popen(_command(secret_file, log), stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline().split("127.0.0.1:")[1].split("/")[0])
            yield Running(process, port, process.stdout)
        finally:
            process.kill()


def _refusal(secret_file: Path, log: Path, port: int = 0) -> str:
    done = subprocess.run(_command(secret_file, log, port), capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_callback_is_printed_at_once_and_shown(secret_file: Path, log: Path) -> None:
    with running(secret_file, log) as receiver:
        assert receiver.send("m1", "c-007") == 204
        assert "c-007 v1  reject" in receiver.output.readline()
        assert "c-007" in receiver.page()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_also_with_an_idle_connection_open(
    secret_file: Path, log: Path, number: signal.Signals
) -> None:
    with running(secret_file, log) as receiver, socket.create_connection(("127.0.0.1", receiver.port)):
        receiver.send("m1")
        receiver.process.send_signal(number)

        assert receiver.process.wait(timeout=5) == 0


def test_a_killed_receiver_remembers_at_its_next_start(secret_file: Path, log: Path) -> None:
    with running(secret_file, log) as receiver:
        receiver.send("m1")
        receiver.process.kill()
    with running(secret_file, log) as receiver:
        receiver.send("m1")

        assert "<dt>repeats without effect</dt><dd>1</dd>" in receiver.page()


def test_a_caller_that_hangs_up_or_talks_nonsense_does_not_stop_it(secret_file: Path, log: Path) -> None:
    torn = b"POST /callbacks HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"
    nonsense = [b"", b"\x16\x03\x01\x00", torn, b"GET / HTTP/9\r\n\r\n"]
    with running(secret_file, log) as receiver:
        for said in nonsense:
            with socket.create_connection(("127.0.0.1", receiver.port)) as connection:
                connection.sendall(said)

        assert receiver.send("m1") == 204


def test_an_unsigned_callback_is_answered_401(secret_file: Path, log: Path) -> None:
    with running(secret_file, log) as receiver:
        assert receiver.ask("POST", "/callbacks", b"{}").status == 401
        assert "refused  401" in receiver.output.readline()


def test_a_port_that_is_taken_is_told_with_what_to_do(secret_file: Path, log: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refusal = _refusal(secret_file, log, taken.getsockname()[1])

    assert "choose another --port" in refusal


@pytest.mark.parametrize("content", [b"", b"whsec_\n", b"whsec_a", b"\xff\xfe"])
def test_a_secret_file_without_a_secret_is_told(secret_file: Path, log: Path, content: bytes) -> None:
    secret_file.write_bytes(content)

    assert f"{secret_file} holds no callback secret" in _refusal(secret_file, log)


def test_a_log_that_cannot_be_kept_is_told(secret_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "cannot start" in _refusal(secret_file, tmp_path / "file" / "log")
