"""Signed webhooks a second: the product's web process against a bare handler that inserts one row and commits.

Both run under granian with the same number of workers and threads, on the same embedded PostgreSQL, turn by turn. The
load comes from keep-alive connections in two processes, with requests that were signed beforehand.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from moderation import signing
from moderation.domain.vocabulary import Mode
from moderation.embedded import embedded_servers
from moderation.migrations import upgrade
from moderation.runtime import make_engine
from moderation.steps.enrolling import enrol_site
from moderation.store.unit_of_work import work_on
from moderation.vault import Vault

HOUSE = Path(__file__).resolve().parent.parent
PROCESSES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=2000, help="in each round, for each of the two")
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alochona-bench-") as folder, embedded_servers(Path(folder)) as servers:
        key = secrets.token_urlsafe(32)
        secret = _prepare(servers.database_url, key)
        plain_url = make_url(servers.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain_url) as connection:
            connection.execute("CREATE TABLE bare_comments (id bigserial PRIMARY KEY, body text NOT NULL)")
        environment = {
            **os.environ,
            "DATABASE_URL": plain_url,
            "BARE_DATABASE_URL": plain_url,
            "REDIS_URL": servers.redis_url,
            "ALOCHONA_SECRET_KEY": key,
            "ALOCHONA_RATE_LIMIT": "100000",
            "ALOCHONA_LOG_LEVEL": "ERROR",
            "PYTHONPATH": os.pathsep.join([str(HOUSE), str(HOUSE / "bench")]),
        }
        with _serving("bare_handler:app", environment) as bare, _serving("app:app", environment) as ours:
            _warm_up(bare, ours, secret, plain_url)
            _report(bare, ours, secret, given.rounds, given.requests, given.connections)


def _prepare(database_url: str, key: str) -> str:
    """A migrated database with one site; returns the site's webhook secret."""
    engine = make_engine(database_url)
    upgrade(engine)
    enrolled = enrol_site(
        work_on(engine, lambda _job: None),
        Vault([key]),
        slug="bench",
        name="Bench",
        url="https://bench.example",
        mode=Mode.PUBLISH_FIRST,
        now=datetime.now(UTC),
    )
    engine.dispose()
    return enrolled.webhook_secret


@contextlib.contextmanager
def _serving(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """The port of a granian with two workers of eight threads."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "8", "--no-ws", "--log-level", "error", application]
    process = subprocess.Popen(command, cwd=HOUSE, env=dict(environment))
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("a server did not start")


def _warm_up(bare: int, ours: int, secret: str, database_url: str) -> None:
    """Makes the story and the readers known, as most are when it counts, and has PostgreSQL count its rows.

    It does that by itself within a minute. Until then its plans are those for empty tables.
    """
    for port in (bare, ours):
        refused: list[str] = []
        _send_one_by_one(port, _requests(secret, 500), refused)
        assert not refused, refused
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _report(bare: int, ours: int, secret: str, rounds: int, count: int, connections: int) -> None:
    ratios = []
    for n in range(rounds):
        plain = _measure(bare, _requests(secret, count), connections)
        signed = _measure(ours, _requests(secret, count), connections)
        ratios.append(signed / plain)
        print(f"round {n + 1}: bare handler {plain:,.0f}/s, ours {signed:,.0f}/s, ratio {signed / plain:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f} (wanted: at least 0.4)")


def _requests(secret: str, count: int) -> list[bytes]:
    return [_request(secret, secrets.token_hex(8)) for _ in range(count)]


def _request(secret: str, comment_id: str) -> bytes:
    now = datetime.now(UTC)
    event = {
        "type": "comment.created",
        "timestamp": now.isoformat(),
        "data": {
            "id": comment_id,
            "story": {"id": "s1", "url": "https://bench.example/s1", "title": "গল্প", "section": "জাতীয়"},
            "parent_id": None,
            "author": {"id": f"a{comment_id[:1]}", "name": "পাঠক"},
            "body": f"এই খবরটা পড়ে ভালো লাগলো, dhonnobad. {comment_id}",
            "format": "plain",
            "created_at": now.isoformat(),
        },
    }
    body = json.dumps(event, ensure_ascii=False).encode()
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **signing.sign(body, webhook_id=f"msg_{comment_id}", at=now, secrets=[secret]),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /v1/sites/bench/events HTTP/1.1\r\n{head}\r\n".encode() + body


def _measure(port: int, requests: Sequence[bytes], connections: int) -> float:
    """Requests a second, over so many connections."""
    shares = [requests[n::PROCESSES] for n in range(PROCESSES)]
    context = multiprocessing.get_context("fork")
    loads = [context.Process(target=_send, args=(port, share, connections // PROCESSES)) for share in shares]
    started = time.perf_counter()
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    seconds = time.perf_counter() - started
    if any(load.exitcode for load in loads):
        raise SystemExit("a request was refused; see above")
    return len(requests) / seconds


def _send(port: int, requests: Sequence[bytes], connections: int) -> None:
    refused: list[str] = []
    threads = [
        threading.Thread(target=_send_one_by_one, args=(port, requests[n::connections], refused))
        for n in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        print(refused[0])
        raise SystemExit(1)


def _send_one_by_one(port: int, requests: Sequence[bytes], refused: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            answer = _answer(connection)
            if b" 202 " not in answer[:16]:
                refused.append(answer.decode(errors="replace"))
                return


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65_536)
        if not part:
            return received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    while missing > 0:
        part = connection.recv(65_536)
        received, missing = received + part, missing - len(part)
    return received


if __name__ == "__main__":
    main()
