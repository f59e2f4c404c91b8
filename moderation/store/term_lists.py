"""Term lists: their versions, which are only ever added, and the matchers that are compiled from the newest ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain import term_document
from moderation.domain.errors import AlreadyExistsError, NotFoundError, StaleListError
from moderation.domain.term_lists import TermMatcher
from moderation.domain.vocabulary import ListAction
from moderation.store.schema import TermList, TermListVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a list, without its terms; ``size`` counts them."""

    n: int
    action: ListAction
    size: int
    author: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with the version that counts."""

    id: int
    site_id: int
    name: str
    version: Version


_VERSION_COLUMNS = (
    TermListVersion.n,
    TermListVersion.action,
    TermListVersion.size,
    TermListVersion.author,
    TermListVersion.note,
    TermListVersion.at,
)
_COUNTS = (TermListVersion.list_id == TermList.id) & (TermListVersion.n == TermList.version)
_LISTED = select(TermList.id, TermList.site_id, TermList.name, *_VERSION_COLUMNS).join(TermListVersion, _COUNTS)
_COUNTING = (
    select(TermList.site_id, TermList.name, TermListVersion.id, TermListVersion.digest)
    .join(TermListVersion, _COUNTS)
    .where(TermList.site_id == func.any(bindparam("ids")), TermListVersion.size > 0)
    .order_by(TermList.id)
)


def lists(connection: Connection, site_ids: Sequence[int]) -> list[Listed]:
    """The lists of these sites by site and name, emptied ones too."""
    return _listed(connection, _LISTED.where(TermList.site_id.in_(site_ids)).order_by(TermList.site_id, TermList.name))


def find(connection: Connection, site_id: int, list_id: int) -> Listed:
    """One list of a site. Raises NotFoundError, also where it is another site's."""
    found = _listed(connection, _LISTED.where(TermList.site_id == site_id, TermList.id == list_id))
    if not found:
        raise NotFoundError("There is no such term list here. It may belong to another desk.")
    return found[0]


def named(connection: Connection, site_id: int, name: str) -> Listed | None:
    found = _listed(connection, _LISTED.where(TermList.site_id == site_id, TermList.name == name))
    return found[0] if found else None


def _listed(connection: Connection, query: Executable) -> list[Listed]:
    return [Listed(row.id, row.site_id, row.name, _version(row)) for row in connection.execute(query)]


def _version(row: Any) -> Version:  # noqa: ANN401 - a row with the columns of a version
    return Version(row.n, ListAction(row.action), row.size, row.author, row.note, row.at)


def history(connection: Connection, list_id: int, *, before: int | None, limit: int) -> list[Version]:
    """A list's versions, the newest first, those under number ``before`` where it is given."""
    query = select(*_VERSION_COLUMNS).where(TermListVersion.list_id == list_id)
    if before is not None:
        query = query.where(TermListVersion.n < before)
    return [_version(row) for row in connection.execute(query.order_by(TermListVersion.n.desc()).limit(limit))]


def document(connection: Connection, list_id: int, n: int) -> Mapping[str, Any]:
    """One version as it is stored. Raises NotFoundError."""
    found: Mapping[str, Any] | None = connection.scalar(
        select(TermListVersion.document).where(TermListVersion.list_id == list_id, TermListVersion.n == n)
    )
    if found is None:
        raise NotFoundError("This list has no such version. Load the page again.")
    return found


def create(
    connection: Connection, site_id: int, name: str, stored: Mapping[str, Any], *, author: str, note: str
) -> int:
    """A new list's id. Raises AlreadyExistsError where the site has one of that name."""
    list_id: int | None = connection.scalar(
        upsert(TermList)
        .values(site_id=site_id, name=name, version=1)
        .on_conflict_do_nothing(index_elements=[TermList.site_id, TermList.name])
        .returning(TermList.id)
    )
    if list_id is None:
        raise AlreadyExistsError("There is a term list “{name}” already. Open it, or choose another name.", name=name)
    _add(connection, list_id, 1, stored, author=author, note=note)
    return list_id


def save(
    connection: Connection, list_id: int, stored: Mapping[str, Any], *, expected: int, author: str, note: str
) -> int:
    """A new version of a list, whose newest was ``expected``; returns its number. Raises StaleListError."""
    n: int | None = connection.scalar(
        update(TermList)
        .where(TermList.id == list_id, TermList.version == expected)
        .values(version=TermList.version + 1)
        .returning(TermList.version)
    )
    if n is None:
        raise StaleListError(
            "Somebody changed this list after you opened it. Copy what you wrote, load the page again and add it there."
        )
    _add(connection, list_id, n, stored, author=author, note=note)
    return n


def _add(connection: Connection, list_id: int, n: int, stored: Mapping[str, Any], *, author: str, note: str) -> None:
    connection.execute(
        insert(TermListVersion).values(
            list_id=list_id,
            n=n,
            action=stored["action"],
            size=len(stored["terms"]),
            document=dict(stored),
            digest=term_document.digest_of(stored),
            author=author,
            note=note,
        )
    )


_Key = tuple[tuple[str, str], ...]
_KEPT = 32
_compiled: dict[_Key, TermMatcher] = {}
"""What this process compiled, by the names and digests of the lists: a version never changes, so nothing here grows
old. The oldest gives way; two threads that compile the same do no harm.
"""


def matchers(connection: Connection, site_ids: Sequence[int]) -> Mapping[int, TermMatcher]:
    """The compiled lists of each of these sites that has any; documents are read only where they were not before."""
    counting: dict[int, list[Any]] = {}
    for row in connection.execute(_COUNTING, {"ids": list(site_ids)}):
        counting.setdefault(row.site_id, []).append(row)
    return {site_id: _matcher(connection, rows) for site_id, rows in counting.items()}


def _matcher(connection: Connection, rows: Sequence[Any]) -> TermMatcher:
    key = tuple((row.name, row.digest) for row in rows)
    found = _compiled.get(key)
    if found is None:
        query = select(TermListVersion.id, TermListVersion.document)
        ids = [row.id for row in rows]
        documents = {row.id: row.document for row in connection.execute(query.where(TermListVersion.id.in_(ids)))}
        found = TermMatcher([term_document.list_of(row.name, documents[row.id]) for row in rows])
        while len(_compiled) >= _KEPT:
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[key] = found
    return found
