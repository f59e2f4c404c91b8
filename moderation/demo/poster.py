"""Posts the sample discussion through the real signed webhook, one event a comment, as a site's own backend would."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote

import click
import urllib3
from pydantic import BaseModel, ValidationError
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from moderation.demo.discussion import Discussion, Event, load_discussion
from moderation.demo.refusal import Refusal

PAUSES = (0.5, 1.0, 2.0, 4.0)
LONGEST_PAUSE = 30.0

_ACCEPTED = (200, 202)
_KNOWN_ALREADY = {"webhook_id_reused", "comment_differs"}  # its times are counted back from another now
_TRY_AGAIN = (409, 429, 502, 503, 504)
_ADVICE = {
    401: "check the site's slug, its webhook secret, and this machine's clock (at most five minutes off)",
    404: "check the base URL",
    429: "the service asks for fewer requests; try again later",
}


class PosterError(Exception):
    """The service could not be reached, or refused an event; the message says which, and what to do."""


class Posted(NamedTuple):
    """How many comments the service accepted, and how many it refused because it has them already."""

    accepted: int
    known: int


class Problem(BaseModel):
    """What is read of an `application/problem+json` body (RFC 9457)."""

    title: str = ""
    detail: str = ""
    code: str = ""

    @property
    def said(self) -> str:
        text = (self.detail or self.title or "no reason given").rstrip(".")
        return f"{text} [{self.code}]" if self.code else text


class Answer(NamedTuple):
    """`status` is 0 where there was no answer; `retry_after` is in seconds."""

    status: int
    problem: Problem
    retry_after: float

    @property
    def is_known_already(self) -> bool:
        return self.status == 409 and self.problem.code in _KNOWN_ALREADY

    @property
    def is_passing(self) -> bool:
        """Whether the same event may fare better in a moment."""
        return not self.is_known_already and (self.status == 0 or self.status in _TRY_AGAIN)


class Poster:
    """Sends events to one site's webhook; waits and tries again where the service asks for it.

    `pauses` are the least seconds before each further attempt. Raises PosterError where base URL or secret is none.
    """

    def __init__(self, base_url: str, site: str, secret: str, *, pauses: Sequence[float] = PAUSES) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise PosterError(f"The base URL must begin with http:// or https://, and is {base_url!r}.")
        self._url = events_url(base_url, site)
        self._webhook = _webhook(secret)
        self._pauses = tuple(pauses)
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=30))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.clear()

    def post(self, webhook_id: str, event: Event) -> bool:
        """True when the service took the event, False when it knew the comment already. Else raises PosterError."""
        body = json.dumps(event, ensure_ascii=False)
        answer = self._send(webhook_id, body)
        for pause in self._pauses:
            if not answer.is_passing:
                break
            time.sleep(min(max(answer.retry_after, pause), LONGEST_PAUSE))
            answer = self._send(webhook_id, body)
        return self._judged(answer)

    def _send(self, webhook_id: str, body: str) -> Answer:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(webhook_id, now, body),
        }
        try:
            answer = self._http.request("POST", self._url, body=body.encode(), headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            return Answer(0, Problem(detail=str(error)), 0.0)
        asked = answer.headers.get("retry-after", "")
        return Answer(answer.status, _problem(answer.data), float(asked) if asked.isdecimal() else 0.0)

    def _judged(self, answer: Answer) -> bool:
        if answer.status in _ACCEPTED:
            return True
        if answer.is_known_already:
            return False
        if answer.status == 0:
            raise PosterError(f"Cannot reach {self._url}: {answer.problem.said}. Is the service running there?")
        advice = _ADVICE.get(answer.status, "see the service's log")
        raise PosterError(f"{self._url} answered {answer.status}: {answer.problem.said}. What to do: {advice}.")


def post_discussion(
    base_url: str,
    site: str,
    secret: str,
    *,
    discussion: Discussion | None = None,
    now: datetime | None = None,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
    pauses: Sequence[float] = PAUSES,
) -> Posted:
    """Posts each comment, oldest first; a second run stores nothing twice. `tell` hears (done, all) after each.

    Raises PosterError at the first event that is refused; what went before it stays posted.
    """
    told = discussion or load_discussion()
    moment = now or datetime.now(UTC)
    accepted = 0
    with Poster(base_url, site, secret, pauses=pauses) as poster:
        for done, comment in enumerate(told.comments, start=1):
            accepted += poster.post(webhook_id(told, comment.id), told.event(comment, moment))
            tell(done, len(told.comments))
    return Posted(accepted, len(told.comments) - accepted)


def post_text(base_url: str, site: str, secret: str, text: str) -> str:
    """Posts one new comment under the sample story and returns its id. Raises PosterError."""
    told = load_discussion()
    comment_id = f"try-{uuid.uuid4()}"
    comment = told.comments[-1].model_copy(update={"id": comment_id, "body": text, "minutes_ago": 0})
    with Poster(base_url, site, secret) as poster:
        poster.post(webhook_id(told, comment_id), told.event(comment, datetime.now(UTC)))
    return comment_id


def webhook_id(discussion: Discussion, comment_id: str) -> str:
    """The same for the same comment in every run: the service knows a repeat by it."""
    return f"demo-{uuid.uuid5(uuid.NAMESPACE_URL, f'{discussion.story.url}#{comment_id}')}"


def events_url(base_url: str, site: str) -> str:
    return f"{base_url.rstrip('/')}/v1/sites/{quote(site, safe='')}/events"


def _webhook(secret: str) -> Webhook:
    try:
        return Webhook(secret.strip())
    except (ValueError, EmptyWebhookSecretError) as error:
        raise PosterError("The webhook secret must be whsec_ followed by base64, as printed at enrolment.") from error


def _problem(body: bytes) -> Problem:
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return Problem()


@click.command()
@click.option("--base-url", required=True, help="Where the service answers, such as http://127.0.0.1:8000.")
@click.option("--site", required=True, help="The site's slug.")
@click.option(
    "--secret-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the site's webhook secret (whsec_…).",
)
@click.option("--text", help="Post this one comment in place of the sample discussion.")
def main(base_url: str, site: str, secret_file: Path, text: str | None) -> None:
    """Post the sample discussion to a site's signed webhook."""
    try:
        secret = secret_file.read_text(encoding="utf-8")
        if text is None:
            posted = post_discussion(base_url, site, secret)
            click.echo(f"{posted.accepted} comments accepted, {posted.known} known already")
        else:
            click.echo(f"posted as {post_text(base_url, site, secret, text)}")
    except (PosterError, OSError, UnicodeDecodeError) as error:
        raise Refusal(str(error)) from error


if __name__ == "__main__":
    main()
