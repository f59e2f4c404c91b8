"""Signs and sends events, and asks with the API key."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.signing import sign
from moderation.steps.enrolling import EnrolledSite

WHEN = "2026-11-24T10:15:00+06:00"

LATE: Mapping[str, Mapping[str, Any]] = {
    "comment.edited": {"body": "নতুন কথা", "edited_at": "2026-11-24T11:00:00+06:00"},
    "comment.deleted": {"deleted_at": WHEN},
    "comment.reported": {"reason": "গালি", "reporter": {"id": "r1"}, "reported_at": WHEN},
    "comment.moderated": {"verdict": "reject", "labels": ["spam"], "actor": {"id": "e1"}, "moderated_at": WHEN},
}


def created(comment_id: str = "c1", **data: object) -> dict[str, Any]:
    return {
        "type": "comment.created",
        "timestamp": WHEN,
        "data": {
            "id": comment_id,
            "story": {"id": "s1", "url": "https://khobor.example/s1", "title": "প্রতিরক্ষা আলোচনা"},
            "author": {"id": "a1", "name": "রহিম", "email": "Rahim@Example.com", "ip": "203.0.113.7"},
            "body": "শুভ সকাল",
            "created_at": WHEN,
            **data,
        },
    }


def late(kind: str, comment_id: str = "c1", **data: object) -> dict[str, Any]:
    return {"type": kind, "timestamp": WHEN, "data": {"id": comment_id, **LATE[kind], **data}}


def new_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


@dataclass(frozen=True)
class Sender:
    client: FlaskClient
    site: EnrolledSite

    @property
    def events(self) -> str:
        return f"/v1/sites/{self.site.slug}/events"

    def headers(
        self, body: bytes, *, webhook_id: str | None = None, at: datetime | None = None, secret: str | None = None
    ) -> dict[str, str]:
        used = secret or self.site.webhook_secret
        return sign(body, webhook_id=webhook_id or new_id(), at=at or datetime.now(UTC), secrets=[used])

    def post_bytes(self, body: bytes, path: str = "", headers: Mapping[str, str] | None = None) -> TestResponse:
        return self.client.post(path or self.events, data=body, headers=headers or self.headers(body))

    def post(self, event: object, webhook_id: str | None = None, **extra: str) -> TestResponse:
        body = json.dumps(event, ensure_ascii=False).encode()
        named = {name.replace("_", "-"): value for name, value in extra.items()}
        return self.client.post(self.events, data=body, headers={**self.headers(body, webhook_id=webhook_id), **named})

    def batch(self, *items: object) -> TestResponse:
        body = json.dumps({"events": items}).encode()
        return self.post_bytes(body, f"{self.events}:batch")

    def ask(self, path: str, key: str | None = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {key or self.site.api_key}"}
        return self.client.get(f"/v1/sites/{self.site.slug}/{path}", headers=headers)

    def comment(self, comment_id: str = "c1") -> TestResponse:
        return self.ask(f"comments/{quote(comment_id, safe='')}")
