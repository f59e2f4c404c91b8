"""Finding comments: by their words in either script, and by site, state, script, author, story and time.

The words are those of the normalised text, cut apart by PostgreSQL's ``simple`` configuration once what stands
between words is a space (``WORDS``), so a comment is found from when it was scored. What a page of the
review queue hides about a comment drawn for the audit sample is hidden here too: it counts as held, undecided.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal_column,
    select,
    text,
)

from moderation.domain.vocabulary import Script, State
from moderation.store.review_queue import is_drawn
from moderation.store.schema import Author, Comment, Decision, Moderator, Revision, Site, Story
from moderation.store.schema.comments import SEPARATORS, WORDS

MOST_WORDS: Final = 8
SHORTEST_WORD: Final = 2
"""Characters. Each word is looked up as the beginning of words, and one character begins too many."""
_SPACED: Final = str.maketrans(dict.fromkeys(SEPARATORS + "%\x00", " "))
RECENT: Final = 1_000
"""How many of the newest comments are read one by one: some 25 ms."""
MOST_HITS: Final = 1_000
"""How many comments with the words are looked at before all are."""
_MOST_AUTHORS: Final = 500
_SHOWN_STATE: Final = case((is_drawn(), State.HELD.value), else_=Comment.state)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. All conditions must hold; ``words`` are beginnings of words, from ``words_of``.

    ``author`` is the beginning of a name in any case; ``since`` is in the span of time and ``until`` is not.
    """

    site_ids: Sequence[int]
    words: Sequence[str] = ()
    state: State | None = None
    script: Script | None = None
    author: str = ""
    author_id: int | None = None
    story_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One comment in its present wording; ``verdict`` and what follows are of the decision that stands, if one does."""

    state: State
    id: int
    public_id: uuid.UUID
    ext_id: str
    site: str
    story_id: int
    story: str
    author_id: int
    author: str
    script: str | None
    text: str
    received_at: datetime
    verdict: str | None
    labels: Sequence[str] | None
    actor: str | None
    moderator: str | None
    decided_at: datetime | None


def words_of(normalised: str) -> list[str]:
    """The words to look up in what somebody typed, normalised as comments are; too short ones are left out."""
    found = normalised.translate(_SPACED).split()
    return list(dict.fromkeys(word for word in found if len(word) >= SHORTEST_WORD))[:MOST_WORDS]


def time_zone_of(connection: Connection, site_ids: Sequence[int]) -> ZoneInfo:
    """The zone that days are counted in: that of the first of the sites."""
    query = select(Site.time_zone).where(Site.id == func.any(list(site_ids))).order_by(Site.id).limit(1)
    return ZoneInfo(connection.scalar(query) or "UTC")


def find(connection: Connection, wanted: Wanted, *, before: int | None, limit: int) -> list[Found]:
    """What was looked for, the newest first; ``before`` is the id that ended the page before.

    A common word fills its page from the newest comments, read one by one. Where that does not do, the words are looked
    up in the index, and the newest ``MOST_HITS`` of what has them are looked at; only where other conditions leave too
    few of those, all are.
    """
    if wanted.words:
        horizon = (before or (connection.scalar(select(func.max(Comment.id))) or 0) + 1) - RECENT
        found = _rows(connection, statement(wanted, before=before, limit=limit, after=horizon))
        if len(found) == limit:
            return found
        plan_for_few(connection)
        hits = connection.scalars(newest_hits(wanted, before=before)).all()
        found = _rows(connection, statement(wanted, before=before, limit=limit, among=hits))
        if len(found) == limit or len(hits) < MOST_HITS:
            return found
    return _rows(connection, statement(wanted, before=before, limit=limit))


def newest_hits(wanted: Wanted, *, before: int | None) -> Select[int]:
    """The revisions that have the words, of the newest comments, whatever else is wanted of them.

    The index gives them in no order: they are all read, then put in order, before any is joined with its comment.
    """
    hits = select(Revision.id, Revision.comment_id).where(_has_words(wanted))
    if before is not None:
        hits = hits.where(Revision.comment_id < before)
    read = hits.cte("hits").prefix_with("MATERIALIZED")
    return select(read.c.id).order_by(read.c.comment_id.desc()).limit(MOST_HITS)


def plan_for_few(connection: Connection) -> None:
    """Tells PostgreSQL, for this transaction, to go from each word found to its comment.

    It takes the beginning of any word to be in 2% of the comments (tsmatchsel, for want of figures about beginnings)
    and would read the whole table of a large site to find three.
    """
    connection.execute(
        select(func.set_config("enable_hashjoin", "off", True), func.set_config("enable_mergejoin", "off", True))
    )


def _rows(connection: Connection, query: Select[Any]) -> list[Found]:
    rows: Any = connection.execute(query)
    return [_found(*row) for row in rows]


def _found(drawn: bool, state: str, *row: Any) -> Found:
    comment, decision = row[:_OF_COMMENT], row[_OF_COMMENT:]
    if drawn:
        return Found(State.HELD, *comment, *(None for _ in decision))
    return Found(State(state), *comment, *decision)


_OF_COMMENT: Final = 11
"""How many of the columns tell of the comment; those after them tell of its decision."""


def statement(
    wanted: Wanted, *, before: int | None, limit: int, after: int | None = None, among: Sequence[int] | None = None
) -> Select[Any]:
    """The query of ``find``, for it and for the test that asks PostgreSQL how it would go about it.

    With ``after`` only comments with a higher id are read, and their words one by one; with ``among`` only these
    revisions, which have the words.
    """
    query = (
        select(
            is_drawn(),
            Comment.state,
            Comment.id,
            Comment.public_id,
            Comment.ext_id,
            Site.name,
            Story.id,
            Story.title,
            Author.id,
            Author.name,
            Revision.script,
            Revision.text,
            Comment.received_at,
            Decision.verdict,
            Decision.labels,
            Decision.actor,
            Moderator.name,
            Decision.at,
        )
        .join(Revision, and_(Revision.comment_id == Comment.id, Revision.n == Comment.current_revision))
        .join(Site, Site.id == Comment.site_id)
        .join(Story, Story.id == Comment.story_id)
        .join(Author, Author.id == Comment.author_id)
        .outerjoin(Decision, Decision.id == Comment.standing_decision_id)
        .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
        .where(*_conditions(wanted))
        .order_by(Comment.id.desc())
        .limit(limit)
    )
    if among is not None:
        query = query.where(Revision.id == func.any(list(among)))
    elif wanted.words and after is None:
        hits = select(Revision.id).where(_has_words(wanted)).cte("hits").prefix_with("MATERIALIZED")
        query = query.join(hits, hits.c.id == Revision.id)
    elif wanted.words:
        query = query.where(Comment.id > after, _has_words(wanted))
    return query if before is None else query.where(Comment.id < before)


def _has_words(wanted: Wanted) -> ColumnElement[bool]:
    return literal_column(WORDS).op("@@")(func.to_tsquery(text("'simple'"), _lookup(wanted.words)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Comment.site_id == func.any(list(wanted.site_ids))]
    if wanted.state is not None:
        conditions.append(_SHOWN_STATE.in_([wanted.state.value]))
    if wanted.script is not None:
        conditions.append(Revision.script == wanted.script.value)
    if wanted.author:
        conditions.append(Comment.author_id.in_(_named(wanted)))
    if wanted.author_id is not None:
        conditions.append(Comment.author_id == wanted.author_id)
    if wanted.story_id is not None:
        conditions.append(Comment.story_id == wanted.story_id)
    if wanted.since is not None:
        conditions.append(Comment.received_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Comment.received_at < wanted.until)
    return conditions


def _lookup(words: Sequence[str]) -> str:
    """All of the words, each as a beginning. A quote or a backslash cannot be in one: both separate words."""
    return " & ".join(f"'{word}':*" for word in words)


def _named(wanted: Wanted) -> Select[int]:
    beginning = func.lower(wanted.author)
    return (
        select(Author.id)
        .where(
            Author.site_id == func.any(list(wanted.site_ids)),
            func.lower(Author.name).op("^@")(beginning),
        )
        .limit(_MOST_AUTHORS)
    )
