"""Sends one comment to the moderation service, signed. Needs `pip install -r requirements.txt`, beside this file.

MODERATION_URL             where the service answers, such as https://moderation.khobor.example
MODERATION_SITE            the site's slug
MODERATION_WEBHOOK_SECRET  whsec_…, printed when the site was enrolled

python send_comment.py COMMENT_ID "The comment's text"
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from urllib.parse import quote

import urllib3
from standardwebhooks.webhooks import Webhook

TRY_AGAIN = {0, 429, 500, 502, 503, 504}  # 0: no answer
PAUSES = (1, 5, 15)  # seconds before the further attempts; a site under load keeps an outbox instead


def comment_created(comment_id: str, text: str) -> dict[str, object]:
    """The event. Fill it from your own tables; only what is marked optional may be left out."""
    now = datetime.now(UTC).isoformat()
    return {
        "type": "comment.created",
        "timestamp": now,
        "data": {
            "id": comment_id,
            "story": {
                "id": "story-1",
                "url": "https://khobor.example/national/story-1",
                "title": "একটি খবর",
                "section": "জাতীয়",
            },
            "parent_id": None,  # the id of the comment that this one answers
            "author": {"id": "reader-1", "name": "শাহানা"},  # optional: email, url, ip, registered_at
            "body": text,
            "format": "plain",  # or "html"
            "created_at": now,
        },
    }


def send(event: dict[str, object], webhook_id: str) -> dict[str, str]:
    """Every attempt carries the same id and body, so that a comment that was stored is not stored again."""
    site = quote(os.environ["MODERATION_SITE"], safe="")
    url = f"{os.environ['MODERATION_URL'].rstrip('/')}/v1/sites/{site}/events"
    body = json.dumps(event, ensure_ascii=False)
    status, answer, retry_after = post(url, webhook_id, body)
    for pause in PAUSES:
        if status in TRY_AGAIN:
            time.sleep(max(pause, retry_after))
            status, answer, retry_after = post(url, webhook_id, body)
    if status not in {200, 202}:
        raise SystemExit(f"refused with {status}: {answer}" if status else f"cannot reach {url}: {answer}")
    accepted: dict[str, str] = json.loads(answer)
    return accepted


def post(url: str, webhook_id: str, body: str) -> tuple[int, str, int]:
    """One attempt, stamped and signed now: status or 0, body, seconds to wait."""
    now = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(os.environ["MODERATION_WEBHOOK_SECRET"]).sign(webhook_id, now, body),
    }
    try:
        answer = urllib3.request("POST", url, body=body.encode(), headers=headers, timeout=10, retries=False)
    except urllib3.exceptions.HTTPError as error:
        return 0, str(error), 0
    retry_after = answer.headers.get("retry-after", "0")
    return answer.status, answer.data.decode(errors="replace"), int(retry_after) if retry_after.isdecimal() else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    comment_id, text = sys.argv[1:]
    accepted = send(comment_created(comment_id, text), f"comment-created-{comment_id}")
    print(f"{accepted['state']}: {accepted['status_url']}")
