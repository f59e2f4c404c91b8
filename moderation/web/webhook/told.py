"""What a site is told in callbacks, as pydantic models: the OpenAPI document shows them, tests check payloads."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from moderation.domain.vocabulary import Label, Role, State, Verdict


class Told(BaseModel):
    """A receiver must take fields that it does not know: more may be added."""

    model_config = ConfigDict(extra="forbid")


class ByModerator(Told):
    """A person of the desk, by their role alone."""

    kind: Literal["moderator"]
    role: Role | None = None


class CommentTold(Told):
    """Where a comment stands. ``verdict`` and ``decision_id`` are null while it is held."""

    site: str
    comment_id: str
    id: UUID
    revision: int
    version: Annotated[int, Field(description="Of the comment; the highest one stands")]
    state: State
    verdict: Verdict | None
    labels: list[Label]
    reasons: list[dict[str, Any]]
    decided_by: dict[str, str]
    decision_id: UUID | None
    decided_at: datetime


class StoryTold(Told):
    """Whether the site is to take comments on a story."""

    site: str
    story_id: str
    version: Annotated[int, Field(description="Of the story; the highest one stands")]
    closed: bool
    decided_by: ByModerator
    decided_at: datetime


class AuthorTold(Told):
    """What was done about an author, and what is in force since. ``notice`` holds words for the reader."""

    site: str
    author_id: str
    version: Annotated[int, Field(description="Of the author; the highest one stands")]
    act: Literal["warned", "suspended", "banned", "lifted"]
    sanction: Literal["suspension", "ban"] | None
    until: datetime | None
    notice: str | None
    decided_by: ByModerator
    decided_at: datetime


class CommentCallback(Told):
    type: Literal["comment.held", "comment.decided"]
    timestamp: datetime
    data: CommentTold


class StoryCallback(Told):
    type: Literal["story.closed", "story.reopened"]
    timestamp: datetime
    data: StoryTold


class AuthorCallback(Told):
    type: Literal["author.sanctioned"]
    timestamp: datetime
    data: AuthorTold
