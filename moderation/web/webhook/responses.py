"""What a site is answered, as pydantic models: the OpenAPI document shows them, and the tests hold answers to them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from moderation.domain.vocabulary import Label, RejectReason, Script, State, Verdict


class Answered(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Fault(Answered):
    pointer: Annotated[str, Field(description="JSON pointer to the field, empty for the whole body")]
    code: str
    detail: str


class Problem(Answered):
    """RFC 9457; ``code`` is stable and meant for programs, ``detail`` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] | None = None


class Accepted(Answered):
    """``id`` is ours; it, ``state`` and ``version`` are null while an event waits for its comment to arrive.

    ``state`` and ``version`` belong together as in a callback: where the version is higher than the one that the site
    knows, both are news, and callbacks with a lower version are out of date.
    """

    id: UUID | None
    comment_id: str
    state: State | None
    version: int | None
    status_url: str


class StandingDecision(Answered):
    model_config = ConfigDict(extra="allow")
    id: UUID
    verdict: Verdict | None


class CommentAnswer(Answered):
    """Where a comment stands, which scores it got from which bundle, and which rules made the outcome."""

    id: UUID
    comment_id: str
    state: State
    revision: int
    version: int
    script: Script | None
    scores: dict[Label, float] | None
    bundle: str | None
    decision: StandingDecision | None
    reasons: list[dict[str, Any]]
    held_by: Annotated[dict[str, str] | None, Field(description="What holds a held comment, as in a callback")]
    received_at: datetime
    status_url: str


class TakenResult(Answered):
    """``id`` is the event's webhook id."""

    id: str
    status: Literal[202]
    answer: Accepted


class RefusedResult(Answered):
    id: str | None
    status: Literal[409, 422]
    problem: Problem


class BatchAnswer(Answered):
    """One outcome for each event, in the order of the request."""

    results: list[TakenResult | RefusedResult]


class DecisionEntry(Answered):
    """What the callback of the decision says, or would have said."""

    comment_id: str
    id: UUID
    revision: int
    version: int
    state: State
    verdict: Verdict | None
    reason: RejectReason | None
    labels: list[Label]
    decided_by: dict[str, str]
    decision_id: UUID
    decided_at: datetime


class DecisionsAnswer(Answered):
    """Ask again with ``next`` as ``after``; ``more`` says whether something waits there already."""

    decisions: list[DecisionEntry]
    next: str
    more: bool
