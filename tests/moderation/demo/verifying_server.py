"""A small stand-in for the service: it verifies each event with the standardwebhooks library, not with our own code."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from pydantic import JsonValue
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


class Taken(NamedTuple):
    path: str
    webhook_id: str
    timestamp: str
    body: str

    @property
    def event(self) -> dict[str, JsonValue]:
        event: dict[str, JsonValue] = json.loads(self.body)
        return event

    @property
    def data(self) -> dict[str, JsonValue]:
        data = self.event["data"]
        assert isinstance(data, dict)
        return data


class Scripted(NamedTuple):
    """An answer given in place of the ordinary one."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class VerifyingServer(ThreadingHTTPServer):
    """`taken` holds the events that were stored, `attempts` every request; `script` is answered first, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.taken: list[Taken] = []
        self.attempts: list[Taken] = []
        self.script: deque[Scripted] = deque()

    def answer(self, attempt: Taken, headers: dict[str, str]) -> Scripted:
        self.attempts.append(attempt)
        if self.script:
            return self.script.popleft()
        try:
            Webhook(SECRET).verify(attempt.body, headers)
        except (WebhookVerificationError, ValueError) as error:
            return _problem(401, "signature_invalid", str(error))
        known = {taken.webhook_id: taken.body for taken in self.taken}
        if known.get(attempt.webhook_id, attempt.body) != attempt.body:
            return _problem(409, "webhook_id_reused", "Another body came under this webhook-id.")
        if attempt.webhook_id not in known:
            self.taken.append(attempt)
        return self._accepted(attempt)

    def _accepted(self, attempt: Taken) -> Scripted:
        comment_id = str(attempt.data["id"])
        status_url = f"{self.url}/v1/sites/khobor/comments/{comment_id}"
        told = {"id": "0197-ours", "comment_id": comment_id, "state": "waiting", "status_url": status_url}
        return Scripted(202, {"content-type": "application/json"}, json.dumps(told).encode())


class _Handler(BaseHTTPRequestHandler):
    server: VerifyingServer
    timeout = 10

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"])).decode()
        attempt = Taken(self.path, headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), body)
        answer = self.server.answer(attempt, headers)
        self.send_response(answer.status)
        for name, value in {"content-length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Silent: the tests read what was taken."""


@contextmanager
def verifying_server() -> Iterator[VerifyingServer]:
    with VerifyingServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _problem(status: int, code: str, detail: str) -> Scripted:
    body = json.dumps({"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code})
    return Scripted(status, {"content-type": "application/problem+json"}, body.encode())
