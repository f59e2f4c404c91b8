"""Gold sets: labelled comments that measure bundles. What was stored is never changed, and reading proves it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from moderation.domain.errors import AlreadyExistsError, ConflictError, NotFoundError
from moderation.store.schema import GoldRow, GoldSet
from moderation.store.training_examples import Values


@dataclass(frozen=True, slots=True)
class Row:
    """One comment; ``author`` keeps those of one hand together, empty where nobody is known."""

    text: str
    values: Values
    author: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A gold set without its rows; a retired one measures nothing any more."""

    id: int
    name: str
    digest: str
    by: str
    created_at: datetime
    retired_at: datetime | None
    rows: int


def digest_of(rows: Iterable[Row]) -> str:
    """SHA-256 of the rows, in their order."""
    digest = hashlib.sha256()
    for row in rows:
        line = [row.text, [None if value is None else int(value) for value in row.values], row.author]
        digest.update(json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def add(connection: Connection, name: str, rows: Sequence[Row], *, by: str) -> Listed:
    """Stores a gold set for good.

    Raises:
        AlreadyExistsError: another has this name, or these very rows.
    """
    digest = digest_of(rows)
    known = connection.execute(
        select(GoldSet.name).where((GoldSet.name == name) | (GoldSet.digest == digest))
    ).scalar_one_or_none()
    if known is not None:
        raise AlreadyExistsError(
            f"The gold set {known!r} has this name or these very rows. A gold set stays as it is: give a new one a new "
            "name, and retire the old one where it is wrong."
        )
    identity = connection.execute(
        insert(GoldSet).values(name=name, digest=digest, by=by).returning(GoldSet.id)
    ).scalar_one()
    connection.execute(
        insert(GoldRow),
        [
            {"gold_set_id": identity, "n": n, "text": row.text, "known": list(row.values), "author": row.author}
            for n, row in enumerate(rows, start=1)
        ],
    )
    return find(connection, name)


def listed(connection: Connection) -> list[Listed]:
    """All gold sets, the oldest first."""
    rows = connection.execute(
        select(
            GoldSet.id, GoldSet.name, GoldSet.digest, GoldSet.by, GoldSet.created_at, GoldSet.retired_at,
            func.count(GoldRow.id),
        )
        .join(GoldRow, GoldRow.gold_set_id == GoldSet.id)
        .group_by(GoldSet.id)
        .order_by(GoldSet.id)
    )  # fmt: skip
    return [Listed(*row) for row in rows]


def find(connection: Connection, name: str) -> Listed:
    """The gold set of this name. Raises NotFoundError where there is none."""
    for one in listed(connection):
        if one.name == name:
            return one
    raise NotFoundError(f"There is no gold set {name!r}. See `gold list` for those there are.")


def rows_of(connection: Connection, gold_set: Listed) -> list[Row]:
    """The rows, in the order of their file.

    Raises:
        ConflictError: they are not what was imported; somebody has changed the table.
    """
    found = connection.execute(
        select(GoldRow.text, GoldRow.known, GoldRow.author)
        .where(GoldRow.gold_set_id == gold_set.id)
        .order_by(GoldRow.n)
    )
    rows = [Row(text, tuple(known), author) for text, known, author in found]
    if digest_of(rows) != gold_set.digest:
        raise ConflictError(
            f"The rows of the gold set {gold_set.name!r} are not those that were imported: their digest differs. "
            f"Retire it (`gold retire {gold_set.name}`) and import the file again under another name."
        )
    return rows


def retire(connection: Connection, name: str) -> Listed:
    """The set measures nothing any more; its rows stay, and stay out of training."""
    connection.execute(
        update(GoldSet)
        .where(GoldSet.id == find(connection, name).id, GoldSet.retired_at.is_(None))
        .values(retired_at=func.now())
    )
    return find(connection, name)
