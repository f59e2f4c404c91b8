"""Callbacks as the service signs them, made with the standardwebhooks library."""

import json
from datetime import UTC, datetime

from pydantic import JsonValue
from standardwebhooks.webhooks import Webhook

from tests.moderation.demo.verifying_server import SECRET

Data = dict[str, JsonValue]


def make_callback(
    comment_id: str = "c-001", version: int = 1, verdict: str | None = "reject", **changed: JsonValue
) -> Data:
    """A `comment.decided`, or a `comment.held` where there is no verdict."""
    state = {"approve": "published", "reject": "rejected"}.get(verdict or "", "held")
    data: Data = {
        "site": "khobor",
        "comment_id": comment_id,
        "id": "0197f0aa-0000-7000-8000-000000000001",
        "revision": 1,
        "version": version,
        "state": state,
        "verdict": verdict,
        "labels": ["threat"] if verdict == "reject" else [],
        "reasons": [{"rule": "label_hold", "label": "threat", "value": 0.91, "threshold": 0.6, "text": "Threat 0.91"}],
        "decided_by": {"kind": "moderator", "role": "editor"},
        "decision_id": "0197f0aa-0000-7000-8000-000000000002",
        "decided_at": "2026-11-24T08:00:00+00:00",
    }
    kind = "comment.decided" if verdict else "comment.held"
    return {"type": kind, "timestamp": "2026-11-24T08:00:00+00:00", "data": {**data, **changed}}


def signed(body: bytes, webhook_id: str, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    """The three headers, for an attempt at the time `at` (now, unless told)."""
    moment = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, body.decode()),
    }


def encoded(callback: JsonValue) -> bytes:
    return json.dumps(callback, ensure_ascii=False).encode()
