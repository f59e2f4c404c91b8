"""Receives the moderation service's callbacks and applies each once.

Needs `pip install -r requirements.txt`, beside this file.

MODERATION_CALLBACK_SECRET  whsec_…, printed when the site was enrolled
COMMENTS_DATABASE           an SQLite file; in your site, your own database
PORT                        8080 unless told

python receive_callbacks.py     (or serve `app` with your own WSGI server)
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LARGEST_BODY = 256 * 1024
SCHEMA = """
create table if not exists heard_callbacks (webhook_id text primary key);
create table if not exists comments (id text primary key, state text not null, version integer not null);
"""
# A version that is not higher than the known one came late: it is not applied.
APPLY = """
insert into comments (id, state, version) values (?, ?, ?)
on conflict (id) do update set state = excluded.state, version = excluded.version
where excluded.version > comments.version
"""


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    status = receive(environ)
    start_response(status, [])
    return []


def receive(environ: WSGIEnvironment) -> str:
    if environ["REQUEST_METHOD"] != "POST":
        return "405 Method Not Allowed"
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return "411 Length Required"
    if int(length) > LARGEST_BODY:
        return "413 Content Too Large"
    body = environ["wsgi.input"].read(int(length))
    if not is_genuine(environ, body):
        return "401 Unauthorized"
    callback = json.loads(body)
    if callback["type"] in {"comment.held", "comment.decided"}:
        apply(environ["HTTP_WEBHOOK_ID"], callback["data"])
    # "story.closed", "story.reopened" and "author.sanctioned" close your form, and warn or stop a reader, where your
    # site can do that: keep their version beside the story or author. Acknowledge these, and all other types, anyway.
    return "204 No Content"


def is_genuine(environ: WSGIEnvironment, body: bytes) -> bool:
    """Checks the raw bytes before anything parses them; a callback older than five minutes is refused too."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in names}
    try:
        Webhook(os.environ["MODERATION_CALLBACK_SECRET"]).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def apply(webhook_id: str, data: dict[str, object]) -> None:
    """One transaction: a callback counts as heard only together with its effect. A repeat has no effect."""
    with closing(sqlite3.connect(os.environ.get("COMMENTS_DATABASE", "comments.sqlite"))) as database, database:
        database.executescript(SCHEMA)
        new = database.execute("insert or ignore into heard_callbacks values (?)", (webhook_id,)).rowcount
        if new:
            database.execute(APPLY, (data["comment_id"], data["state"], data["version"]))


if __name__ == "__main__":
    with make_server("127.0.0.1", int(os.environ.get("PORT", "8080")), app) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}/")
        server.serve_forever()
