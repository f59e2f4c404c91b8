"""Trained bundles with their bytes, and which of them is live: the newest promotion says so.

Promotions are only added. Going back is a promotion too, marked as one, so that going back twice goes back two steps
and does not return to the bundle that was just left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from moderation.domain.errors import AlreadyExistsError, ConflictError, NotFoundError
from moderation.store.schema import Bundle, Promotion, ShadowChoice

_ROLLBACK: Final = "rollback: "
_ONE_PROMOTION_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(7232011)"


@dataclass(frozen=True, slots=True)
class Promoted:
    """The bundle that is live; ``content`` is ``None`` where the reader has these very bytes already."""

    bundle_id: int
    name: str
    digest: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A bundle without its bytes; ``live`` for the one that scores, ``shadow`` for one that scores beside it."""

    id: int
    name: str
    digest: str
    card: str
    metrics: Mapping[str, Any]
    origin: str
    created_at: datetime
    live: bool
    shadow: bool


@dataclass(frozen=True, slots=True)
class PromotionRow:
    bundle_id: int
    bundle: str
    by: str
    why: str
    at: datetime

    @property
    def goes_back(self) -> bool:
        return self.why.startswith(_ROLLBACK)


def register(
    connection: Connection,
    *,
    name: str,
    digest: str,
    content: bytes,
    card: str,
    metrics: Mapping[str, Any],
    origin: str,
) -> int:
    """Keeps a bundle and returns its id; the same bytes again are the same bundle, under the name they have.

    Raises:
        AlreadyExistsError: another bundle has this name.
    """
    connection.exec_driver_sql(_ONE_PROMOTION_AT_A_TIME)
    known = connection.scalar(select(Bundle.id).where(Bundle.digest == digest))
    if known is not None:
        return known
    if connection.scalar(select(Bundle.id).where(Bundle.name == name)) is not None:
        raise AlreadyExistsError(f"There is another bundle named {name!r}. Give this one a name of its own.")
    return connection.execute(
        insert(Bundle)
        .values(name=name, digest=digest, content=content, card=card, metrics=dict(metrics), origin=origin)
        .returning(Bundle.id)
    ).scalar_one()


def promoted(connection: Connection, known_digest: str | None = None) -> Promoted | None:
    """The live bundle, with its bytes unless they are those of ``known_digest``."""
    row = connection.execute(
        select(Bundle.id, Bundle.name, Bundle.digest)
        .join(Promotion, Promotion.bundle_id == Bundle.id)
        .order_by(Promotion.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    content = None if row.digest == known_digest else content_of(connection, row.id)
    return Promoted(row.id, row.name, row.digest, content)


_SHADOW = select(ShadowChoice.bundle_id).order_by(ShadowChoice.id.desc()).limit(1)


def shadow(connection: Connection, known_digest: str | None = None) -> Promoted | None:
    """The bundle that scores beside the live one, if any, with its bytes unless they are those of ``known_digest``."""
    row = connection.execute(
        select(Bundle.id, Bundle.name, Bundle.digest).where(Bundle.id == _SHADOW.scalar_subquery())
    ).one_or_none()
    if row is None:
        return None
    content = None if row.digest == known_digest else content_of(connection, row.id)
    return Promoted(row.id, row.name, row.digest, content)


def choose_shadow(connection: Connection, bundle_id: int | None, *, by: str) -> None:
    """Lets a bundle score in the shadow of the live one, or none; processes notice within seconds."""
    connection.execute(insert(ShadowChoice).values(bundle_id=bundle_id, by=by))


def content_of(connection: Connection, bundle_id: int) -> bytes:
    return connection.execute(select(Bundle.content).where(Bundle.id == bundle_id)).scalar_one()


def listed(connection: Connection) -> list[Listed]:
    """All bundles, the newest first."""
    live = connection.scalar(select(Promotion.bundle_id).order_by(Promotion.id.desc()).limit(1))
    beside = connection.scalar(_SHADOW)
    rows = connection.execute(
        select(
            Bundle.id, Bundle.name, Bundle.digest, Bundle.card, Bundle.metrics, Bundle.origin, Bundle.created_at
        ).order_by(Bundle.id.desc())
    )
    return [
        Listed(
            id=row.id,
            name=row.name,
            digest=row.digest,
            card=row.card,
            metrics=row.metrics,
            origin=row.origin,
            created_at=row.created_at,
            live=row.id == live,
            shadow=row.id == beside,
        )
        for row in rows
    ]


def find(connection: Connection, name_or_digest: str) -> Listed:
    """The bundle of this name, or whose digest begins so (8 characters at least).

    Raises:
        NotFoundError: there is none.
        ConflictError: several digests begin so.
    """
    rows = [row for row in listed(connection) if row.name == name_or_digest]
    if not rows and len(name_or_digest) >= 8:
        rows = [row for row in listed(connection) if row.digest.startswith(name_or_digest.lower())]
    if not rows:
        raise NotFoundError(f"There is no bundle {name_or_digest!r}. See `bundles list` for those there are.")
    if len(rows) > 1:
        raise ConflictError(f"{name_or_digest!r} begins several digests. Give the name, or more of the digest.")
    return rows[0]


def promote(connection: Connection, bundle_id: int, *, by: str, why: str) -> None:
    """Makes a bundle the live one; processes notice within seconds."""
    connection.exec_driver_sql(_ONE_PROMOTION_AT_A_TIME)
    connection.execute(insert(Promotion).values(bundle_id=bundle_id, by=by, why=_plain(why)))


def _plain(why: str) -> str:
    """A reason that cannot be taken for the mark of going back."""
    while why.startswith(_ROLLBACK):
        why = why.removeprefix(_ROLLBACK)
    return why


def promotions(connection: Connection) -> list[PromotionRow]:
    """Every promotion, the oldest first."""
    rows = connection.execute(
        select(Promotion.bundle_id, Bundle.name, Promotion.by, Promotion.why, Promotion.at)
        .join(Bundle, Bundle.id == Promotion.bundle_id)
        .order_by(Promotion.id)
    )
    return [PromotionRow(*row) for row in rows]


def roll_back(connection: Connection, *, by: str, why: str) -> str:
    """Returns to the bundle that was live before the present one came; gives its name.

    Raises:
        ConflictError: none was live before.
    """
    connection.exec_driver_sql(_ONE_PROMOTION_AT_A_TIME)
    before = _stack(promotions(connection))[:-1]
    if not before:
        raise ConflictError("No other bundle was live before this one, so there is none to go back to.")
    connection.execute(insert(Promotion).values(bundle_id=before[-1].bundle_id, by=by, why=_ROLLBACK + why))
    return before[-1].bundle


def _stack(history: Sequence[PromotionRow]) -> list[PromotionRow]:
    """What a sequence of promotions and returns leaves, the live one last.

    Promoting the live one again adds nothing.
    """
    stack: list[PromotionRow] = []
    for row in history:
        if row.goes_back:
            stack.pop()
        elif not stack or stack[-1].bundle_id != row.bundle_id:
            stack.append(row)
    return stack
