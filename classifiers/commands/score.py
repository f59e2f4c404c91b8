"""``score``: JSON lines in, JSON lines out, in order, a batch at a time."""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import click

from classifiers.bundle import Bundle, load_bundle
from classifiers.commands.options import bundle_option, one_line_errors
from classifiers.errors import DataError
from classifiers.features import BATCH
from classifiers.labels import LABELS


@click.command()
@bundle_option
def command(bundle_path: Path) -> None:
    """Score JSON lines with a «text» key from standard input; one JSON line comes out for each.

    A line that cannot be scored ends the run with exit code 2, after the lines before it have been written.
    """
    with one_line_errors():
        bundle = load_bundle(bundle_path)
        lines = enumerate(sys.stdin.buffer, start=1)
        while batch := list(islice(lines, BATCH)):
            texts, problem = _texts(batch)
            sys.stdout.buffer.writelines(_results(bundle, texts))
            sys.stdout.buffer.flush()
            if problem:
                raise DataError(problem)


def _texts(batch: Iterable[tuple[int, bytes]]) -> tuple[list[str], str]:
    """The texts before the first line that has none, and what is wrong with that line."""
    texts: list[str] = []
    for number, line in batch:
        try:
            texts.append(_text(json.loads(line)))
        except (ValueError, RecursionError) as error:
            return texts, f"line {number}: {error if isinstance(error, DataError) else f'not JSON ({error})'}"
    return texts, ""


def _text(record: object) -> str:
    if not isinstance(record, dict) or "text" not in record:
        raise DataError("needs a JSON object with a «text» key")
    text = record["text"]
    if not isinstance(text, str):
        raise DataError("«text» must be a string")
    return text


def _results(bundle: Bundle, texts: list[str]) -> Iterator[bytes]:
    for scored in bundle.score(texts):
        scores = dict(zip(LABELS, scored.scores, strict=True))
        result = {"scores": scores, "script": scored.script, "bundle": bundle.name}
        yield json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
