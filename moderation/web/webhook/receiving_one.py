"""Step 1: one signed event → stored, and answered 202 after the commit, or 200 with the decision to those who wait."""

import re
import time
from typing import Final

from flask import Response, request
from werkzeug.urls import iri_to_uri

from moderation.domain.event import Delivery, Receipt
from moderation.domain.vocabulary import State
from moderation.store.comments import CommentStatus, status_of
from moderation.web.answers import json_answer
from moderation.web.current import runtime
from moderation.web.webhook.authentication import Sender
from moderation.web.webhook.blueprint import webhook
from moderation.web.webhook.doorway import doorway
from moderation.web.webhook.events import event_of
from moderation.web.webhook.presenting import receipt_document, status_document
from moderation.web.webhook.reading import digest, parse_event, parse_json, read_body

LARGEST_EVENT: Final = 256 * 1024
LONGEST_WAIT: Final = 10
"""Seconds; a longer wish is cut to this, and the answer says so."""
_LOOK_EVERY: Final = 0.025

_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


@webhook.post("/events")
def receive_event(site: str) -> Response:
    body = read_body(LARGEST_EVENT)
    here, door = runtime(), doorway()
    sender, headers = door.directory.verify(site, body, here.now())
    door.count(sender.site_id)
    document = parse_json(body)
    event = event_of(parse_event(document), here.vault.keyed_digest)
    delivery = Delivery(headers.webhook_id, digest(document), event)
    receipt = door.group_commit.receive(sender.site_id, delivery)
    if receipt.error is not None:
        raise receipt.error
    return _decided_in_time(sender, receipt) or _accepted(sender, receipt)


def _accepted(sender: Sender, receipt: Receipt) -> Response:
    document = receipt_document(sender.slug, receipt)
    url = document["status_url"]
    # The installation's own address may be in Bangla script, which no header carries.
    return json_answer(document, 202, {"Location": url if url.isascii() else iri_to_uri(url)})


def _decided_in_time(sender: Sender, receipt: Receipt) -> Response | None:
    """The outcome, for a sender who prefers to wait for it (RFC 7240) and where it comes in time."""
    seconds = _wished_wait()
    if not seconds or receipt.public_id is None:
        return None
    with doorway().place_to_wait() as may_wait:
        status = _outcome(sender.site_id, receipt.comment_id, seconds) if may_wait else None
    if status is None:
        return None
    applied = {"Preference-Applied": f"wait={seconds}", "Vary": "Prefer"}
    return json_answer(status_document(sender.slug, status), 200, applied)


def _wished_wait() -> int:
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), LONGEST_WAIT) if found else 0


def _outcome(site_id: int, comment_id: str, seconds: int) -> CommentStatus | None:
    """Looks until the comment waits no more; no connection is held between two looks."""
    until = time.monotonic() + seconds
    while True:
        with runtime().reading() as connection:
            status = status_of(connection, site_id, comment_id)
        if status is None or status.state is not State.WAITING:
            return status
        if time.monotonic() + _LOOK_EVERY > until:
            return None
        time.sleep(_LOOK_EVERY)
