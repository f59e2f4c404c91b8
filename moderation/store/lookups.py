"""Finding one thing by what somebody remembers of it: a story's title, an author's name, a comment's id.

Each is read off an index and ends after a few; what belongs to other sites is never looked at.
"""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, func, literal_column, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from moderation.store.schema import Author, Comment, Revision, Site, Story
from moderation.store.schema.comments import SEPARATORS, TITLE_WORDS

_SPACED: Final = str.maketrans(dict.fromkeys(SEPARATORS, " "))
_SHORTEST: Final = 2
_MOST_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class StoryFound:
    id: int
    title: str
    site: str


@dataclass(frozen=True, slots=True)
class AuthorFound:
    id: int
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class CommentFound:
    public_id: uuid.UUID
    ext_id: str
    text: str
    site: str


def stories(connection: Connection, wanted: str, site_ids: Sequence[int], *, limit: int) -> list[StoryFound]:
    """Stories whose titles have words that begin so, the newest first."""
    spaced = unicodedata.normalize("NFC", wanted).translate(_SPACED)
    words = [word for word in spaced.split() if len(word) >= _SHORTEST][:_MOST_WORDS]
    if not words:
        return []
    lookup = func.to_tsquery(text("'simple'"), " & ".join(f"'{word}':*" for word in words))
    hits = (
        select(Story.id)
        .where(literal_column(TITLE_WORDS).op("@@")(lookup), Story.site_id == func.any(list(site_ids)))
        .cte("hits")
        .prefix_with("MATERIALIZED")
    )
    rows = connection.execute(
        select(Story.id, Story.title, Site.name)
        .join(Site, Site.id == Story.site_id)
        .where(Story.id.in_(select(hits.c.id).order_by(hits.c.id.desc()).limit(limit)))
        .order_by(Story.id.desc())
    )
    return [StoryFound(*row) for row in rows]


def authors(connection: Connection, wanted: str, site_ids: Sequence[int], *, limit: int) -> list[AuthorFound]:
    """Authors whose names begin so."""
    begins = func.lower(Author.name).op("^@")(func.lower(unicodedata.normalize("NFC", wanted)))
    rows = connection.execute(
        select(Author.id, Author.name, Site.name)
        .join(Site, Site.id == Author.site_id)
        .where(Author.site_id == func.any(list(site_ids)), begins)
        .limit(limit)
    )
    return [AuthorFound(*row) for row in rows]


def comments(connection: Connection, wanted: str, site_ids: Sequence[int], *, limit: int) -> list[CommentFound]:
    """The comment of this id: ours, or the site's own."""
    rows = connection.execute(
        select(Comment.public_id, Comment.ext_id, Revision.text, Site.name)
        .join(Site, Site.id == Comment.site_id)
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .where(Comment.site_id == func.any(list(site_ids)), _is_known_as(wanted))
        .limit(limit)
    )
    return [CommentFound(*row) for row in rows]


def _is_known_as(wanted: str) -> ColumnElement[bool]:
    by_site = Comment.ext_id == wanted
    try:
        return or_(by_site, Comment.public_id == uuid.UUID(wanted))
    except ValueError:
        return by_site
