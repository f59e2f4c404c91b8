"""A line to copy and paste into a shell: it signs one comment with openssl and sends it with curl."""

import json
from shlex import quote

from moderation.demo.discussion import Story, load_discussion
from moderation.demo.poster import events_url

SAMPLE_TEXT = "দারুণ লেখা, but আপনার headline টা একটু ঠিক করেন, ভুল বোঝাবুঝি হচ্ছে।"

_HMAC = 'openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary'
_NOW, _SECONDS = "@now@", "@seconds@"


def sample_request(base_url: str, site: str, secret: str, text: str = SAMPLE_TEXT, story: Story | None = None) -> str:
    """One line for bash, zsh or sh that posts `text` as a new comment, signed at the moment when it is run.

    It runs in a subshell, so that it leaves no variable behind. It holds the secret: show it to the site's people only.
    """
    url = quote(events_url(base_url, site))
    headers = (
        "content-type: application/json",
        "webhook-id: try-$ts",
        "webhook-timestamp: $ts",
        "webhook-signature: v1,$sig",
    )
    steps = (
        "ts=$(date +%s)",
        "now=$(date -u +%Y-%m-%dT%H:%M:%SZ)",
        f"body={_shell_body(text, story or load_discussion().story)}",
        f"key=$(printf %s {quote(_base64_key(secret))} | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')",
        f'sig=$(printf %s "try-$ts.$ts.$body" | {_HMAC} | openssl base64 -A)',
        " ".join(("curl -sS", url, *(f'-H "{header}"' for header in headers), '--data-binary "$body"')),
    )
    return f"({'; '.join(steps)}; echo)"


def _shell_body(text: str, story: Story) -> str:
    """The event as a shell word in single quotes, left only where the shell's own `$now` and `$ts` stand.

    What others wrote stands after our own marks, so that a mark inside it is never taken for one.
    """
    data = {
        "id": f"try-{_SECONDS}",
        "created_at": _NOW,
        "parent_id": None,
        "author": {"id": "try-it", "name": "Try It"},
        "format": "plain",
        "story": story.model_dump(),
        "body": text,
    }
    event = json.dumps({"type": "comment.created", "timestamp": _NOW, "data": data}, ensure_ascii=False)
    return quote(event).replace(_NOW, "'\"$now\"'", 2).replace(_SECONDS, "'\"$ts\"'", 1)


def _base64_key(secret: str) -> str:
    """openssl decodes padded base64 only; a secret may come without."""
    key = secret.strip().removeprefix("whsec_")
    return key + "=" * (-len(key) % 4)
