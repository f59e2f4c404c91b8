"""What a site is told about a comment, put into the outbox by the transaction that made it true.

``steps.calling_back`` sends it. A message holds ids, verdict and reasons, never the comment's text.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.domain import attribution
from moderation.domain.jobs import Job
from moderation.domain.vocabulary import CallbackType, Label, State, Verdict
from moderation.store import callbacks, comments
from moderation.store.callbacks import NewCallback
from moderation.store.comments import Known
from moderation.store.decisions import Recorded
from moderation.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class News:
    """What a site is told about one comment."""

    site_id: int
    slug: str
    comment_id: int
    public_id: uuid.UUID
    ext_id: str
    revision: int
    version: int
    state: State
    verdict: Verdict | None
    labels: Sequence[Label]
    reasons: Sequence[Mapping[str, Any]]
    decided_by: Mapping[str, Any]
    decision: Recorded | None
    at: datetime


def announce_hold(
    unit: UnitOfWork,
    known: Known,
    slug: str,
    *,
    version: int,
    reasons: Sequence[Mapping[str, Any]],
    revision: int | None = None,
) -> None:
    """Tells a site, at once, that a person must look at a comment before it stands (again).

    The decisive one of the ``reasons`` comes first.
    """
    now = comments.transaction_time(unit.connection)
    news = News(
        site_id=known.site_id,
        slug=slug,
        comment_id=known.id,
        public_id=known.public_id,
        ext_id=known.ext_id,
        revision=revision or known.revision,
        version=version,
        state=State.HELD,
        verdict=None,
        labels=(),
        reasons=reasons,
        decided_by=attribution.by_reasons(reasons),
        decision=None,
        at=now,
    )
    announce(unit, [news], due_at=now)


def announce(unit: UnitOfWork, news: Sequence[News], *, due_at: datetime) -> None:
    """Puts news into the outbox, in the transaction that made them true."""
    if not news:
        return
    stored = callbacks.insert_many(unit.connection, [_callback(one, due_at) for one in news])
    if stored:
        unit.note(Job.DELIVER_CALLBACKS)


def _callback(news: News, due_at: datetime) -> NewCallback:
    held = news.state is State.HELD
    return NewCallback(
        site_id=news.site_id,
        comment_id=news.comment_id,
        decision_id=news.decision.id if news.decision else None,
        type=CallbackType.HELD if held else CallbackType.DECIDED,
        version=news.version,
        payload=_payload(news),
        due_at=due_at,
    )


def _payload(news: News) -> dict[str, Any]:
    """The ``data`` of a callback: ids, verdict and reasons, never the comment's text."""
    return {
        "site": news.slug,
        "comment_id": news.ext_id,
        "id": news.public_id,
        "revision": news.revision,
        "version": news.version,
        "state": news.state,
        "verdict": news.verdict,
        "labels": news.labels,
        "reasons": [{name: value for name, value in reason.items() if name != "action"} for reason in news.reasons],
        "decided_by": news.decided_by,
        "decision_id": news.decision.public_id if news.decision else None,
        "decided_at": news.at,
    }
