"""A trained, versioned set of classifiers for all seven labels: text in, scores out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers import bundle_file
from classifiers.batch_text import normalise_all
from classifiers.bundle_file import Calibration, Contents
from classifiers.errors import BundleError
from classifiers.features import BATCH, grams
from classifiers.script_detection import family_of, scripts_of
from classifiers.weights import Floats, Linear, packed, sums

WINDOW = 600
"""Characters scored together; a longer text is scored in windows, and the highest score of each label counts."""
_STRIDE = 400
_SNAP = 60


class Scored(NamedTuple):
    """What one text came to; ``scores`` are probabilities in the order of LABELS."""

    normalised: str
    script: str
    scores: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Bundle:
    """See the module; made by ``load_bundle`` or by training."""

    name: str
    linear: Linear
    calibration: Calibration
    card: str = ""
    metrics: Mapping[str, object] = field(default_factory=dict)

    def score(self, texts: Sequence[str]) -> list[Scored]:
        """One result for each text, in order, whatever it holds; a text scores the same alone and in any batch."""
        normalised = normalise_all(texts)
        scripts = scripts_of(normalised)
        scores = self.probabilities(self.logits(normalised), scripts).tolist()
        return list(map(Scored, normalised, scripts, map(tuple, scores)))

    def probabilities(self, logits: Floats, scripts: Sequence[str]) -> Floats:
        """(texts, labels), calibrated for each text's script and rounded to six places."""
        families = np.fromiter(map(family_of, scripts), dtype=np.int64, count=len(scripts))
        return self.calibration.probabilities(logits, families).round(6)

    def logits(self, normalised: Sequence[str]) -> Floats:
        """(texts, labels), before calibration; of each label the highest of the text's windows."""
        owners, pieces = windows(normalised)
        found = self.window_logits(pieces)
        if len(pieces) == len(normalised):
            return found
        highest = np.full((len(normalised), found.shape[1]), -np.inf)
        np.maximum.at(highest, owners, found)
        return highest

    def window_logits(self, pieces: Sequence[str]) -> Floats:
        """(pieces, labels) of pieces no longer than WINDOW."""
        table = self._table
        parts = [sums(table, grams(pieces[at : at + BATCH])) for at in range(0, len(pieces), BATCH)]
        total = np.concatenate(parts) if parts else np.zeros((0, len(self.linear.scales)))
        return total * self.linear.scales + self.linear.biases

    def to_bytes(self) -> bytes:
        """The bundle's file: the same bytes for the same contents, always."""
        return self._bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return sha256(self._bytes).hexdigest()

    @cached_property
    def _bytes(self) -> bytes:
        return bundle_file.write(Contents(self.name, self.linear, self.calibration, self.card, dict(self.metrics)))

    @cached_property
    def _table(self) -> NDArray[np.uint64]:
        return packed(self.linear.weights, self.linear.square_levels)


def load_bundle(source: bytes | Path) -> Bundle:
    """The bundle in these bytes or this file. Raises BundleError, saying what is wrong, for anything that is not
    wholly sound.
    """
    try:
        content = source if isinstance(source, bytes) else bundle_file.read_limited(source)
    except OSError as error:
        raise BundleError(f"{source!s}: {error.strerror or error}") from error
    found = bundle_file.read(content)
    bundle = Bundle(found.name, found.linear, found.calibration, found.card, found.metrics)
    bundle.__dict__["_bytes"] = content  # the digest is of the bytes as they came
    return bundle


def windows(normalised: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """All texts cut into overlapping pieces of at most WINDOW characters, and the index of the text each is from."""
    if all(len(text) <= WINDOW for text in normalised):
        return np.arange(len(normalised)), list(normalised)
    owned = [
        (index, text[begin : begin + WINDOW]) for index, text in enumerate(normalised) for begin in window_starts(text)
    ]
    return np.array([index for index, _ in owned], dtype=np.int64), [piece for _, piece in owned]


def window_starts(text: str) -> list[int]:
    """Where the windows of one normalised text begin."""
    if len(text) <= WINDOW:
        return [0]
    return [_at_a_space(text, start) for start in range(0, len(text) - WINDOW + _STRIDE, _STRIDE)]


def _at_a_space(text: str, start: int) -> int:
    """A little earlier, where a word begins, so that no word is cut in all the windows that hold it."""
    space = text.rfind(" ", max(0, start - _SNAP), start)
    return start if space < 0 else space + 1
