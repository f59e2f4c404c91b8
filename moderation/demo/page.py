"""The demo site's page: what it has heard, newest first. Everything on it is somebody else's text, and is escaped."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from moderation.demo.callbacks import Told, who, why
from moderation.demo.discussion import Comment, Discussion
from moderation.demo.memory import Heard, Memory

_COLOURS = ("published", "rejected", "held")


class Row(NamedTuple):
    at: datetime
    told: Told
    comment: Comment | None
    colour: str
    why: list[str]
    who: str
    stands: int

    @property
    def late(self) -> bool:
        return self.told.version < self.stands


class Page:
    """Renders the memory, and beside each callback the comment that it is about where `discussion` knows it."""

    def __init__(self, discussion: Discussion) -> None:
        folder = Path(__file__).parent
        templates = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
        self._template = templates.get_template("page.html")
        self._comments = {comment.id: comment for comment in discussion.comments}
        self.style = (folder / "style.css").read_bytes()

    def render(self, memory: Memory) -> bytes:
        rows = [self._row(heard, memory) for heard in memory.newest()]
        states = sorted(memory.states().items())
        return self._template.render(rows=rows, states=states, repeats=memory.repeats).encode()

    def _row(self, heard: Heard, memory: Memory) -> Row:
        told = heard.callback.data
        standing = memory.standing(told.comment_id) or told
        return Row(
            at=heard.at.astimezone(),
            told=told,
            comment=self._comments.get(told.comment_id),
            colour=told.state if told.state in _COLOURS else "",
            why=why(told.reasons),
            who=who(told.decided_by),
            stands=standing.version,
        )
