"""How far each day's comments lie from what the bundle that scored them is used to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.domain.vocabulary import Label
from moderation.store.schema import Bundle, DriftMeasurement, DriftReference, Promotion

EVERY: Final = timedelta(days=1)
AGAIN_AFTER: Final = timedelta(hours=1)
"""When to look again where there was too little to compare."""
_MOST_ROWS: Final = 20_000
"""So many of the newest scores are looked through at most, those of a shadow and of older bundles among them."""


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A comment as its bundle scored it; ``scores`` in the order of ``Label``."""

    normalised: str
    script: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. The documents are those of ``classifiers.Profile`` and ``classifiers.Drift``."""

    bundle: str
    bundle_id: int
    comments: int
    origin: str | None
    profile: Mapping[str, Any]
    reference: Mapping[str, Any] | None
    drift: Mapping[str, Any] | None
    at: datetime


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether the live bundle was measured last a day ago, or an hour where there was too little; false without one."""
    live = select(Promotion.bundle_id).order_by(Promotion.id.desc()).limit(1).subquery()
    newest = (
        select(DriftMeasurement.at, DriftMeasurement.drift.is_(None).label("vain"))
        .where(DriftMeasurement.bundle_id == live.c.bundle_id)
        .order_by(DriftMeasurement.id.desc())
        .limit(1)
        .lateral()
    )
    row = connection.execute(
        select(live.c.bundle_id, newest.c.at, newest.c.vain).outerjoin(newest, text("true"))
    ).first()
    if row is None:
        return False
    return row.at is None or row.at <= now - (AGAIN_AFTER if row.vain else EVERY)


_COLUMNS = ", ".join(f"s.{label.value}" for label in Label)
_RECENT = text(f"""
SELECT r.normalised, r.script, {_COLUMNS}
FROM (SELECT * FROM scores ORDER BY id DESC LIMIT :rows) s JOIN revisions r ON r.id = s.revision_id
WHERE s.bundle_id = :bundle AND NOT s.shadow AND s.at >= :since AND r.normalised IS NOT NULL
ORDER BY s.id DESC LIMIT :most
""")  # noqa: S608 - the interpolated part is the constant above


def recent(connection: Connection, bundle_id: int, *, since: datetime, most: int) -> list[ScoredText]:
    """The newest comments that a bundle scored, and decided on, since a time."""
    rows = connection.execute(_RECENT, {"bundle": bundle_id, "since": since, "most": most, "rows": _MOST_ROWS})
    return [ScoredText(row[0], row[1], tuple(row[2:])) for row in rows]


def reference_of(connection: Connection, bundle_id: int) -> Mapping[str, Any] | None:
    """What was kept of a bundle's first comments."""
    return connection.scalar(select(DriftReference.profile).where(DriftReference.bundle_id == bundle_id))


def keep_reference(connection: Connection, bundle_id: int, profile: Mapping[str, Any]) -> None:
    """Keeps what later days are compared with; the first stays."""
    connection.execute(
        upsert(DriftReference).values(bundle_id=bundle_id, profile=dict(profile)).on_conflict_do_nothing()
    )


def record(connection: Connection, measured: Measured, picture: str | None) -> None:
    """Keeps a measurement, in place of earlier ones of the bundle that had nothing to compare."""
    connection.execute(
        delete(DriftMeasurement).where(
            DriftMeasurement.bundle_id == measured.bundle_id, DriftMeasurement.drift.is_(None)
        )
    )
    connection.execute(
        insert(DriftMeasurement).values(
            bundle_id=measured.bundle_id,
            comments=measured.comments,
            origin=measured.origin,
            profile=dict(measured.profile),
            reference=dict(measured.reference) if measured.reference else None,
            drift=dict(measured.drift) if measured.drift else None,
            picture=picture,
            at=measured.at,
        )
    )


_MEASURED = (
    select(
        Bundle.name,
        DriftMeasurement.bundle_id,
        DriftMeasurement.comments,
        DriftMeasurement.origin,
        DriftMeasurement.profile,
        DriftMeasurement.reference,
        DriftMeasurement.drift,
        DriftMeasurement.at,
    )
    .join(Bundle, Bundle.id == DriftMeasurement.bundle_id)
    .order_by(DriftMeasurement.id.desc())
)


def newest(connection: Connection, bundle_id: int | None = None) -> Measured | None:
    """The last measurement of a bundle, or of any."""
    query = _MEASURED if bundle_id is None else _MEASURED.where(DriftMeasurement.bundle_id == bundle_id)
    row = connection.execute(query.limit(1)).one_or_none()
    return Measured(*row) if row else None


def picture_of(connection: Connection, bundle_id: int) -> str | None:
    """The SVG of a bundle's last measurement."""
    return connection.scalar(
        select(DriftMeasurement.picture)
        .where(DriftMeasurement.bundle_id == bundle_id)
        .order_by(DriftMeasurement.id.desc())
        .limit(1)
    )
