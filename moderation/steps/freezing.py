"""Freezes a labelled file as a gold set: comments that measure bundles from now on, and teach none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classifiers import LABELS, normalise
from classifiers.training import LEAST_GOLD, DataError, Example, read_labelled_file
from moderation.domain.errors import InvalidValueError
from moderation.steps.promoting import OPERATOR
from moderation.store import audit_log, gold_sets
from moderation.store.gold_sets import Listed, Row
from moderation.store.unit_of_work import Work

_LARGEST: Final = 20_000
"""Rows: at each gate two bundles score them all, and each must be told apart from what teaches."""
_TOXICITY: Final = LABELS.index("toxicity")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A gold set, what is in it, and whether it is enough by itself to judge a bundle."""

    listed: Listed
    harmful: int
    good: int

    @property
    def is_enough(self) -> bool:
        return min(self.harmful, self.good) >= LEAST_GOLD


def import_gold(work: Work, path: Path, *, name: str | None = None, by: str = OPERATOR) -> Frozen:
    """Stores the rows of a labelled file for good, under the file's name or another. A comment that comes twice counts
    once.

    Raises:
        InvalidValueError: the file cannot be used, is empty or too large, or labels a comment in two ways.
        AlreadyExistsError: there is a gold set of this name or with these rows.
    """
    try:
        rows = _rows(path, read_labelled_file(path))
    except DataError as error:
        raise InvalidValueError(str(error)) from error
    called = name or path.name.partition(".")[0]
    with work() as unit:
        listed = gold_sets.add(unit.connection, called, rows, by=by)
        details = {"digest": listed.digest, "rows": listed.rows}
        audit_log.record(unit.connection, actor=by, act="gold.imported", subject=called, details=details)
    return Frozen(listed, *counts(rows))


def counts(rows: Sequence[Row]) -> tuple[int, int]:
    """(harmful, good): with some label, and surely without toxicity and any other."""
    harmful = sum(1.0 in row.values for row in rows)
    return harmful, sum(row.values[_TOXICITY] == 0.0 and 1.0 not in row.values for row in rows)


def show(work: Work, name: str) -> Frozen:
    """A gold set with its counts.

    Raises:
        NotFoundError: there is none of this name.
        ConflictError: its rows are not those that were imported.
    """
    with work() as unit:
        listed = gold_sets.find(unit.connection, name)
        return Frozen(listed, *counts(gold_sets.rows_of(unit.connection, listed)))


def retire(work: Work, name: str, *, by: str = OPERATOR) -> Listed:
    """It measures nothing from now on. Raises NotFoundError."""
    with work() as unit:
        listed = gold_sets.retire(unit.connection, name)
        audit_log.record(unit.connection, actor=by, act="gold.retired", subject=name)
        return listed


def _rows(path: Path, examples: Sequence[Example]) -> list[Row]:
    if not examples:
        raise InvalidValueError(f"{path}: no rows. Give a file with a text and labels in each.")
    if len(examples) > _LARGEST:
        raise InvalidValueError(f"{path}: {len(examples):,} rows; a gold set has {_LARGEST:,} at most. Draw a part.")
    found: dict[str, Row] = {}
    for number, example in enumerate(examples, start=1):
        row = Row(example.text, example.values, example.group)
        known = found.setdefault(normalise(example.text), row)
        if known.values != row.values:
            raise InvalidValueError(
                f"{path}: comment {number} is labelled in another way further up. Settle on one, then import again."
            )
        if not example.text.strip():
            raise InvalidValueError(f"{path}: comment {number} is empty. Remove it, then import again.")
    return list(found.values())
