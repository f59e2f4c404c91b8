"""The sample discussion: a story and some 60 comments of readers, all made up, and the events that tell of them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, NonNegativeInt

SAMPLE = Path(__file__).with_name("discussion.json")

Event = dict[str, JsonValue]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Story(_Part):
    id: Text
    url: Text
    title: Text
    section: Text


class Author(_Part):
    id: Text
    name: Text
    registered_days_ago: NonNegativeInt
    url: str | None = None
    ip: str | None = None


class Comment(_Part):
    """`expected_labels` is what we would tick as moderators; it is for people and tests, and is never sent."""

    id: Text
    parent_id: str | None
    author: Author
    body: Text
    format: Literal["plain", "html"]
    minutes_ago: NonNegativeInt
    language: str | None = None
    expected_labels: tuple[str, ...] = ()


class Discussion(_Part):
    about: str
    story: Story
    comments: tuple[Comment, ...]

    def event(self, comment: Comment, now: datetime) -> Event:
        """The `comment.created` event of one comment, its times counted back from `now` (which must be aware)."""
        written = (now - timedelta(minutes=comment.minutes_ago)).isoformat(timespec="seconds")
        data: dict[str, JsonValue] = {
            "id": comment.id,
            "story": self.story.model_dump(),
            "parent_id": comment.parent_id,
            "author": _author(comment.author, now),
            "body": comment.body,
            "format": comment.format,
            "created_at": written,
        }
        if comment.language:
            data["language"] = comment.language
        return {"type": "comment.created", "timestamp": written, "data": data}


def load_discussion(path: Path = SAMPLE) -> Discussion:
    """Raises OSError when the file cannot be read, pydantic's ValidationError when it is no discussion."""
    return Discussion.model_validate_json(path.read_bytes())


def _author(author: Author, now: datetime) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = author.model_dump(exclude={"registered_days_ago"}, exclude_none=True)
    registered = now - timedelta(days=author.registered_days_ago)
    return {**told, "registered_at": registered.isoformat(timespec="seconds")}
