"""Receipts and states of comments as the documents that sites are answered with."""

from typing import Any
from urllib.parse import quote

from moderation.domain.attribution import by_reasons
from moderation.domain.event import Receipt
from moderation.domain.vocabulary import State
from moderation.store.comments import CommentStatus
from moderation.web.current import runtime


def status_url(slug: str, comment_id: str) -> str:
    """Where the comment's state can be asked for, the id encoded so that any id fits into a path."""
    return f"{runtime().settings.base_url}/v1/sites/{slug}/comments/{quote(comment_id, safe='')}"


def receipt_document(slug: str, receipt: Receipt) -> dict[str, Any]:
    return {
        "id": str(receipt.public_id) if receipt.public_id else None,
        "comment_id": receipt.comment_id,
        "state": receipt.state.value if receipt.state else None,
        "version": receipt.version,
        "status_url": status_url(slug, receipt.comment_id),
    }


def status_document(slug: str, status: CommentStatus) -> dict[str, Any]:
    return {
        "id": str(status.public_id),
        "comment_id": status.ext_id,
        "state": status.state.value,
        "revision": status.revision,
        "version": status.version,
        "script": status.script,
        "scores": status.scores,
        "bundle": status.bundle,
        "decision": status.decision,
        "reasons": status.reasons,
        "held_by": dict(by_reasons(status.reasons, status.bundle)) if status.state is State.HELD else None,
        "received_at": status.received_at,
        "status_url": status_url(slug, status.ext_id),
    }
