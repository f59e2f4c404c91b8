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
from classifiers.explanation import Explanation, explain_all
from classifiers.features import BATCH
from classifiers.labels import LABELS

_PLACES = 6


@click.command()
@bundle_option
@click.option(
    "--explain",
    "explained",
    type=click.Choice([*LABELS, "all"]),
    help="Tell, for this label or for all, which words raised and lowered its score.",
)
def command(bundle_path: Path, explained: str | None) -> None:
    """Score JSON lines with a «text» key from standard input; one JSON line comes out for each.

    A line that cannot be scored ends the run with exit code 2, after the lines before it have been written.
    """
    with one_line_errors():
        bundle = load_bundle(bundle_path)
        lines = enumerate(sys.stdin.buffer, start=1)
        while batch := list(islice(lines, BATCH)):
            texts, problem = _texts(batch)
            sys.stdout.buffer.writelines(_results(bundle, texts, explained))
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


def _results(bundle: Bundle, texts: list[str], explained: str | None) -> Iterator[bytes]:
    for text, scored in zip(texts, bundle.score(texts), strict=True):
        scores = dict(zip(LABELS, scored.scores, strict=True))
        result = {"scores": scores, "script": scored.script, "bundle": bundle.name}
        if explained:
            result["explanations"] = _explanations(bundle, text, explained)
        yield json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _explanations(bundle: Bundle, text: str, explained: str) -> dict[str, object]:
    found = explain_all(bundle, text)
    return {label: _told(text, each) for label, each in found.items() if explained in {label, "all"}}


def _told(text: str, explanation: Explanation) -> dict[str, object]:
    """Places are code points of the text; rounding leaves the sum as good as exact."""
    return {
        "logit": round(explanation.logit, _PLACES),
        "bias": round(explanation.bias, _PLACES),
        "window": explanation.window,
        "stretches": [
            {"begin": begin, "end": end, "text": text[begin:end], "contribution": round(contribution, _PLACES)}
            for begin, end, contribution in explanation.stretches
        ],
    }
