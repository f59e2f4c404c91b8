"""Labelled comments from files: a desk's decisions, and the research data that the starter learns from."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TextIO

from classifiers.errors import DataError
from classifiers.labels import LABELS
from classifiers.sources import SOURCES, Values
from classifiers.text import letters_key

_LANGUAGE_WEIGHTS = {"en": 0.4, "bn-latn": 2.0, "mixed": 2.0}
_VALUES: dict[object, float | None] = {"": None, None: None, "0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, 0: 0.0, 1: 1.0}


@dataclass(frozen=True)
class Example:
    """A comment and what is known of it: for each of LABELS 1.0, 0.0 or None (unknown)."""

    text: str
    values: Values
    weight: float = 1.0
    origin: str = "desk"
    group: str = ""
    """Examples of one group (an author, say) never part in a split; empty: the text itself is the group."""
    person: str = ""
    """Who gave the labels, by a name that tells nothing to outsiders; empty where nobody in particular did."""
    record: str = ""
    """Where it can be looked up: the decision, or the file and line."""
    decided_at: datetime | None = None
    """When the labels were given; those without a time count as if given now."""


@dataclass(frozen=True)
class PoolExample:
    """An example of a research source, with a weight for each label."""

    example: Example
    weights: tuple[float, ...]
    language: str
    key: str


def read_labelled_file(path: Path) -> list[Example]:
    """Examples of a CSV or JSON-lines file (also gzipped) with ``text`` and a column or key for each label: 0, 1 or
    empty.

    Optional: ``weight``, ``origin``, ``group``, ``person``. Raises DataError with the number of the line for what
    cannot be used.
    """
    return [_labelled(path, line, record) for line, record in _records(path)]


def read_any_labelled_file(path: Path, split: str | None = None) -> list[Example]:
    """The same, and files in the research data's own form (``text``, ``labels``, ``source``, ``split``), of which
    ``split`` takes a part.
    """
    examples = []
    for line, record in _records(path):
        if split is not None and record.get("split") != split:
            continue
        is_source = "labels" in record and "source" in record
        examples.append(_sourced(path, line, record).example if is_source else _labelled(path, line, record))
    if not examples:
        raise DataError(f"{path}: no rows" + (f" of the split {split!r}" if split else ""))
    return examples


def read_pool(
    path: Path,
    without: Iterable[str] = (),
    without_licences: Iterable[str] = (),
    step: Callable[[], None] = lambda: None,
    more: Iterable[tuple[Path, str]] = (),
    except_keys: Collection[str] = frozenset(),
) -> list[PoolExample]:
    """The research data, without the named sources and without those whose licence holds one of the given words.

    ``more`` are further files of the same form, of each the rows of one split; rows with one of ``except_keys``, those
    of tests say, are left out.

    One row is kept of those that differ in case, spaces, punctuation or disguise only, and none where they contradict
    each other.
    """
    left_out = set(without) | _with_licences(without_licences)
    unknown = set(without) - set(SOURCES)
    if unknown:
        raise DataError(f"unknown source {', '.join(sorted(unknown))}; known are {', '.join(sorted(SOURCES))}")
    found: dict[str, PoolExample | None] = {}
    records = chain(
        ((path, *each) for each in _records(path)),
        ((other, *each) for other, split in more for each in _records(other) if each[1].get("split") == split),
    )
    for file, line, record in records:
        step()
        if record.get("source") in left_out:
            continue
        row = _sourced(file, line, record)
        if row.key and row.key not in except_keys and any(row.weights):
            found[row.key] = _merged(found[row.key], row) if row.key in found else row
    return [row for row in found.values() if row is not None]


def _with_licences(given: Iterable[str]) -> set[str]:
    """Names of the sources whose licence holds all the words of one of ``given``."""
    wanted = [_licence_words(words) for words in given]
    return {
        name for name, source in SOURCES.items() if any(words <= _licence_words(source.licence) for words in wanted)
    }


def _licence_words(licence: str) -> set[str]:
    return set(re.findall(r"[a-z0-9.]+", licence.lower()))


def _merged(one: PoolExample | None, other: PoolExample) -> PoolExample | None:
    """What both say, or nothing where one calls toxic what the other calls clean; a contradiction elsewhere becomes
    unknown.
    """
    if one is None or {one.example.values[0], other.example.values[0]} == {0.0, 1.0}:
        return None
    values, weights = [], []
    for first, second, weight, other_weight in zip(
        one.example.values, other.example.values, one.weights, other.weights, strict=True
    ):
        agreed = first if second is None or first == second else second if first is None else None
        values.append(agreed)
        weights.append(0.0 if agreed is None else max(weight, other_weight))
    return replace(one, example=replace(one.example, values=tuple(values)), weights=tuple(weights))


def _sourced(path: Path, line: int, record: dict[str, object]) -> PoolExample:
    text, name = _text(path, line, record), record.get("source")
    if not isinstance(name, str) or name not in SOURCES:
        raise DataError(f"{path}, line {line}: unknown source {name!r}")
    source = SOURCES[name]
    read = source.read(str(record.get("labels", "")))
    language = str(record.get("lang", ""))
    weight = source.weight * _LANGUAGE_WEIGHTS.get(language, 1.0)
    key = letters_key(text)
    return PoolExample(
        Example(text, read.values, weight, name, key), tuple(weight * each for each in read.weights), language, key
    )


def _labelled(path: Path, line: int, record: dict[str, object]) -> Example:
    values = tuple(_value(path, line, label, record.get(label)) for label in LABELS)
    if all(value is None for value in values):
        raise DataError(f"{path}, line {line}: no label is known; give at least one of {', '.join(LABELS)} as 0 or 1")
    weight = _weight(path, line, record.get("weight"))
    origin, group, person = (str(record.get(key) or "") for key in ("origin", "group", "person"))
    return Example(
        _text(path, line, record), values, weight, origin or "desk", group, person, record=f"{path.name}, line {line}"
    )


def _text(path: Path, line: int, record: dict[str, object]) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise DataError(f"{path}, line {line}: «text» is missing or is not a string")
    return text


def _value(path: Path, line: int, label: str, given: object) -> float | None:
    if isinstance(given, list | dict) or given not in _VALUES:
        raise DataError(f"{path}, line {line}: «{label}» must be 0, 1 or empty, not {str(given)[:40]!r}")
    return _VALUES[given]


def _weight(path: Path, line: int, given: object) -> float:
    try:
        weight = 1.0 if given in {None, ""} else float(str(given))
    except (TypeError, ValueError):
        weight = -1.0
    if not 0 < weight < 1e6:
        raise DataError(f"{path}, line {line}: «weight» must be a number above 0, not {str(given)[:40]!r}")
    return weight


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Number of the line, and the row of a CSV file with a header or the object of a JSON line."""
    with _opened(path) as file:
        if {".jsonl", ".ndjson"} & set(path.suffixes):
            yield from _json_lines(path, file)
        elif ".csv" in path.suffixes:
            yield from _csv_rows(path, file)
        else:
            raise DataError(f"{path}: name the file .csv or .jsonl (or the same with .gz)")


def _json_lines(path: Path, file: TextIO) -> Iterator[tuple[int, dict[str, object]]]:
    for line, content in enumerate(file, start=1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {line}: not JSON ({error})") from error
        if not isinstance(record, dict):
            raise DataError(f"{path}, line {line}: not a JSON object")
        yield line, record


def _csv_rows(path: Path, file: TextIO) -> Iterator[tuple[int, dict[str, object]]]:
    rows = csv.DictReader(file, strict=True)
    try:
        columns = set(rows.fieldnames or ())
        if "text" not in columns or not (columns & set(LABELS) or "labels" in columns):
            raise DataError(
                f"{path}: needs a column «text» and one or more of {', '.join(LABELS)}; "
                f"it has {', '.join(sorted(columns)) or 'none'}"
            )
        for row in rows:
            if None in row or None in row.values():
                raise DataError(f"{path}, line {rows.line_num}: it has more or fewer fields than the header")
            yield rows.line_num, dict(row)
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.reader.line_num}: not CSV ({error})") from error


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with (
            gzip.open(path) if path.suffix == ".gz" else path.open("rb") as binary,
            io.TextIOWrapper(binary, "utf-8-sig", newline="") as file,
        ):
            yield file
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
