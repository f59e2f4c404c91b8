"""Keeps bundles, brings the starter, and goes back. Running processes take up a promotion within seconds, without a
restart. What a bundle must show before it is promoted by hand or by ``retrain`` is in ``gating``.
"""

from pathlib import Path
from typing import Final

from classifiers import Bundle, BundleError, load_bundle
from moderation.domain.errors import AlreadyExistsError
from moderation.store import audit_log, bundles
from moderation.store.unit_of_work import UnitOfWork, Work

STARTER: Final = "starter"
"""Who promotes the bundle that comes with the product, in the promotions."""
OPERATOR: Final = "operator"


def register(unit: UnitOfWork, bundle: Bundle, *, origin: str, name: str | None = None) -> int:
    """Stores a loaded bundle under its own name or another; returns its id."""
    return bundles.register(
        unit.connection,
        name=name or bundle.name,
        digest=bundle.digest,
        content=bundle.to_bytes(),
        card=bundle.card,
        metrics=dict(bundle.metrics or {}),
        origin=origin,
    )


def import_bundle(work: Work, path: Path, *, name: str | None = None, by: str = OPERATOR) -> bundles.Listed:
    """Stores a bundle from a file. ``gating`` promotes.

    Raises:
        BundleError: the file is not a sound bundle.
        AlreadyExistsError: another bundle has its name.
    """
    bundle = load_bundle(path)
    with work() as unit:
        register(unit, bundle, origin="import", name=name)
        audit_log.record(unit.connection, actor=by, act="bundle.imported", subject=bundle.digest)
        return bundles.find(unit.connection, bundle.digest)


def set_shadow(work: Work, name_or_digest: str | None, *, by: str = OPERATOR) -> bundles.Listed | None:
    """Lets a stored bundle score beside the live one and decide nothing, once it has proved that it loads; or none.

    Raises:
        NotFoundError: there is none of this name or digest.
        BundleError: its stored bytes are not sound.
    """
    with work() as unit:
        found = bundles.find(unit.connection, name_or_digest) if name_or_digest else None
        if found is not None:
            load_bundle(bundles.content_of(unit.connection, found.id))
        bundles.choose_shadow(unit.connection, found.id if found else None, by=by)
        audit_log.record(unit.connection, actor=by, act="bundle.shadow", subject=found.name if found else "none")
        return bundles.find(unit.connection, found.digest) if found else None


def roll_back(work: Work, *, by: str = OPERATOR, why: str = "") -> bundles.Listed:
    """Returns to the bundle that was live before. Raises ConflictError where there was none."""
    with work() as unit:
        name = bundles.roll_back(unit.connection, by=by, why=why or "by hand")
        audit_log.record(unit.connection, actor=by, act="bundle.rolled_back", subject=name, details={"why": why})
        return bundles.find(unit.connection, name)


def ensure_starter(work: Work, path: Path) -> str | None:
    """Stores the starter bundle, and promotes it unless a person has promoted one; its name, or ``None`` if unchanged.

    So a new release brings a new starter to those who never chose a bundle, and overrules nobody who did.

    Raises:
        BundleError: the file is missing or not sound.
    """
    bundle = load_bundle(path)
    with work() as unit:
        history = bundles.promotions(unit.connection)
        live = bundles.promoted(unit.connection, bundle.digest)
        chosen = any(row.by != STARTER for row in history)
        if chosen or (live is not None and live.digest == bundle.digest):
            return None
        identity = _register_starter(unit, bundle)
        bundles.promote(unit.connection, identity, by=STARTER, why="comes with this version")
        return bundle.name


def _register_starter(unit: UnitOfWork, bundle: Bundle) -> int:
    """Under its own name, or with a part of its digest where an older starter has that name."""
    try:
        return register(unit, bundle, origin=STARTER)
    except AlreadyExistsError:
        return register(unit, bundle, origin=STARTER, name=f"{bundle.name}-{bundle.digest[:8]}")


def try_starter(work: Work, path: Path) -> tuple[str | None, str | None]:
    """``ensure_starter``, for where a broken file must not stop the start: (name or ``None``, problem or ``None``)."""
    try:
        return ensure_starter(work, path), None
    except BundleError as error:
        return None, str(error)
