"""Term lists as people keep them: new versions, going back to an old one, and trying out what a list would hit.

Terms are normalised here as comments are before they are scored, so that the two can be compared.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from classifiers import normalise
from moderation.domain import term_document, term_lines
from moderation.domain.errors import InvalidValueError
from moderation.domain.keeper import OPERATOR, Keeper
from moderation.domain.term_lists import Hit, Term, TermMatcher
from moderation.domain.vocabulary import ListAction
from moderation.store import audit_log, enrolments, published_texts, term_lists
from moderation.store.published_texts import PublishedText
from moderation.store.term_lists import Listed
from moderation.store.unit_of_work import UnitOfWork, Work

LONGEST_NAME: Final = 60
LONGEST_NOTE: Final = 500
LONGEST_TRIED: Final = 10_000
"""Characters of a sentence that is tried out; more is not scored of a comment either."""


def terms_in(written: str) -> list[Term]:
    """The terms in lines that a person typed, normalised. Raises InvalidValueError with the line and what to do."""
    return term_lines.terms_in(written, normalise)


def create(
    work: Work, *, site_id: int, name: str, action: ListAction, terms: Sequence[Term] = (), note: str, by: Keeper
) -> int:
    """A new list's id. Raises InvalidValueError, AlreadyExistsError."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidValueError("Give the list a name of 1 to {most} characters.", most=LONGEST_NAME)
    document = term_document.checked(term_document.document_of(action, terms))
    with work() as unit:
        list_id = term_lists.create(unit.connection, site_id, name, document, author=by.name, note=_note(note))
        _record(unit, by.actor, site_id, list=name, terms=len(terms), action=action.value, version=1)
    return list_id


def save(
    work: Work, *, listed: Listed, action: ListAction, terms: Sequence[Term], note: str, expected: int, by: Keeper
) -> int:
    """A new version in place of version ``expected``; returns its number, the old one where nothing is different.

    Raises:
        StaleListError: the list went on since.
    """
    document = term_document.checked(term_document.document_of(action, terms))
    with work() as unit:
        newest = term_lists.find(unit.connection, listed.site_id, listed.id).version.n
        if newest == expected and term_lists.document(unit.connection, listed.id, newest) == document:
            return expected
        n = term_lists.save(unit.connection, listed.id, document, expected=expected, author=by.name, note=_note(note))
        details = {"list": listed.name, "terms": len(terms), "action": action.value, "version": n}
        _record(unit, by.actor, listed.site_id, **details)
    return n


def restore(work: Work, *, listed: Listed, n: int, note: str, expected: int, by: Keeper) -> int:
    """Version ``n`` once more, as the newest one; returns its number. Raises NotFoundError, StaleListError."""
    with work() as unit:
        document = term_lists.document(unit.connection, listed.id, n)
    old = term_document.list_of(listed.name, document)
    return save(work, listed=listed, action=old.action, terms=old.terms, note=note, expected=expected, by=by)


def set_terms(
    work: Work,
    *,
    site_slug: str,
    name: str,
    terms: Iterable[str],
    action: ListAction | None = None,
    note: str = "",
    by: Keeper | None = None,
) -> int:
    """Replaces a site's list by lines of terms; returns how many it has. Empty lines empty it. Without an action a new
    list holds, and one that is there goes on doing what it did.
    """
    kept = terms_in("\n".join(terms))
    by = by or OPERATOR
    with work() as unit:
        site = enrolments.site(unit.connection, site_slug)
        listed = term_lists.named(unit.connection, site.id, name)
    if listed is not None:
        action = action or listed.version.action
        save(work, listed=listed, action=action, terms=kept, note=note, expected=listed.version.n, by=by)
    else:
        action = action or ListAction.HOLD
        create(work, site_id=site.id, name=name, action=action, terms=kept, note=note, by=by)
    return len(kept)


def _note(written: str) -> str:
    note = written.strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidValueError("The note has more than {most} characters. Shorten it.", most=LONGEST_NOTE)
    return note


def _record(unit: UnitOfWork, actor: str, site_id: int, **details: object) -> None:
    site = enrolments.slug_of(unit.connection, site_id)
    audit_log.record(unit.connection, actor=actor, act="terms.set", subject=site, details=details)


@dataclass(frozen=True, slots=True)
class Tried:
    """A sentence as the service reads it, and what is hit in it."""

    text: str
    hits: Sequence[Hit]


def try_out(matcher: TermMatcher, sentence: str) -> Tried:
    text = normalise(sentence[:LONGEST_TRIED])
    return Tried(text, matcher.hits(text))


@dataclass(frozen=True, slots=True)
class PublishedHit:
    comment: PublishedText
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class PublishedHits:
    """What a list would have hit, the newest first. ``examined`` counts the published comments that were looked at;
    ``further`` is where to go on, ``None`` where everything since the wanted time was seen.
    """

    found: Sequence[PublishedHit]
    examined: int
    reaches: datetime | None
    further: int | None


WINDOW: Final = 1_000
MOST_FOUND: Final = 50
SECONDS: Final = 0.4
"""What one look at the published comments may take; the person asks for more where it ends before the time wanted."""


def published_hits(
    work: Work,
    matcher: TermMatcher,
    *,
    site_id: int,
    since: datetime,
    below: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PublishedHits:
    """Looks through a site's published comments, from ``below`` or the newest on, until ``since`` or a limit is met."""
    ends = clock() + SECONDS
    found: list[PublishedHit] = []
    examined = 0
    cursor = below
    while True:
        with work() as unit:
            window = published_texts.window(unit.connection, site_id, below=cursor, size=WINDOW)
        for one in window.texts:
            if one.received_at < since:
                return PublishedHits(found, examined, None, None)
            examined += 1
            if hits := matcher.hits(one.normalised):
                found.append(PublishedHit(one, hits))
            if len(found) == MOST_FOUND:
                return PublishedHits(found, examined, one.received_at, one.id)
        cursor = window.below
        if window.reaches is None or window.reaches < since:
            return PublishedHits(found, examined, None, None)
        if clock() >= ends:
            return PublishedHits(found, examined, window.reaches, cursor)
