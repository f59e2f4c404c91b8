"""Remarks of the desk about comments and authors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from moderation.store.schema import Moderator, Note

_SHOWN = 100
"""Notes of one comment or author that are read, the newest ones."""


@dataclass(frozen=True, slots=True)
class Written:
    id: int
    moderator: str
    text: str
    at: datetime


def add(
    connection: Connection,
    *,
    site_id: int,
    moderator_id: int,
    text: str,
    comment_id: int | None = None,
    author_id: int | None = None,
) -> None:
    """Keeps a note about either a comment or an author."""
    connection.execute(
        insert(Note).values(
            site_id=site_id, comment_id=comment_id, author_id=author_id, moderator_id=moderator_id, text=text
        )
    )


def of_comment(connection: Connection, comment_id: int) -> list[Written]:
    return _written(connection, Note.comment_id == comment_id)


def of_author(connection: Connection, author_id: int) -> list[Written]:
    return _written(connection, Note.author_id == author_id)


def _written(connection: Connection, about: ColumnElement[bool]) -> list[Written]:
    """The newest first."""
    rows = connection.execute(
        select(Note.id, Moderator.name, Note.text, Note.at)
        .join(Moderator, Moderator.id == Note.moderator_id)
        .where(about)
        .order_by(Note.id.desc())
        .limit(_SHOWN)
    )
    return [Written(*row) for row in rows]
