"""Whether the comments of a day are still like those that a bundle knows: its scores, their scripts, their words.

A profile counts them; the drift between two is the population stability index, ``PSI = Σ (p - q)·ln(p / q)`` over the
bins of a histogram, with half a comment added to every bin so that none is empty. By credit scoring's custom (Siddiqi,
Credit Risk Scorecards, 2006) less than 0.1 is no change worth a look and 0.25 or more a change to act on. With few
comments chance alone makes some: of unchanged comments PSI / (1/n + 1/m) is about χ² with one degree less than there
are bins (Yurdakul and Naranjo, Journal of Risk Model Validation 14 (2020)), and ``by_chance`` is its 95% bound.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.bundle import WINDOW, Bundle
from classifiers.features import BATCH, grams
from classifiers.labels import LABELS, SCRIPTS
from classifiers.script_detection import family_of, scripts_of
from classifiers.weights import Floats, Levels

EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Bounds of the bins of scores: narrow near 0, where most comments of a newspaper are."""
LEAST = 200
"""Comments below which a profile is too coarse to compare anything with."""
NOTABLE, STRONG = 0.1, 0.25
_BINS = len(EDGES) - 1
_Z = 1.644854
"""The normal quantile that 95% lie below."""


@dataclass(frozen=True)
class Profile:
    """Counts of comments by label and bin of score, and by script; the share of words that no training text had."""

    comments: int
    scores: Mapping[str, tuple[int, ...]]
    scripts: Mapping[str, int]
    unseen: float

    def to_dict(self) -> dict[str, object]:
        """As JSON keeps it: in a bundle's metrics under ``reference``, and in a database."""
        return {
            "comments": self.comments,
            "edges": list(EDGES),
            "scores": {label: list(counts) for label, counts in self.scores.items()},
            "scripts": dict(self.scripts),
            "unseen": round(self.unseen, 6),
        }


@dataclass(frozen=True)
class Drift:
    """PSI by label and of the scripts, beside what chance makes of it; and by how much more or fewer words are new."""

    scores: Mapping[str, float]
    scores_by_chance: float
    scripts: float
    scripts_by_chance: float
    unseen: float

    def to_dict(self) -> dict[str, object]:
        """With ``strength`` in words for each label and ``scripts``: steady, notable or strong."""
        strength = {label: _strength(psi, self.scores_by_chance) for label, psi in self.scores.items()}
        return {
            "strength": strength | {"scripts": _strength(self.scripts, self.scripts_by_chance)},
            "scores": {label: round(psi, 6) for label, psi in self.scores.items()},
            "scores_by_chance": round(self.scores_by_chance, 6),
            "scripts": round(self.scripts, 6),
            "scripts_by_chance": round(self.scripts_by_chance, 6),
            "unseen": round(self.unseen, 6),
        }


def _strength(found: float, chance: float) -> str:
    if found < NOTABLE or found <= chance:
        return "steady"
    return "strong" if found >= STRONG else "notable"


def profile_of(bundle: Bundle, normalised: Sequence[str], scripts: Sequence[str], scores: Floats) -> Profile:
    """The profile of scored comments; ``scores`` is (comments, labels), probabilities of this bundle."""
    bins = np.digitize(scores, EDGES[1:-1])
    counted = {
        label: tuple(np.bincount(bins[:, index], minlength=_BINS).tolist()) for index, label in enumerate(LABELS)
    }
    mix = Counter(scripts)
    return Profile(
        len(normalised),
        counted,
        {script: mix.get(script, 0) for script in SCRIPTS},
        unseen_share(bundle.linear.square_levels, normalised),
    )


def profile_of_texts(bundle: Bundle, normalised: Sequence[str]) -> Profile:
    """The profile of normalised texts, which are scored for it."""
    scripts = scripts_of(normalised)
    families = np.fromiter(map(family_of, scripts), dtype=np.int64, count=len(scripts))
    return profile_of(
        bundle, normalised, scripts, bundle.calibration.probabilities(bundle.logits(normalised), families)
    )


def unseen_share(levels: Levels, normalised: Sequence[str]) -> float:
    """The share of the texts' words that no training text had, estimated from those that fell into empty columns.

    A word of training never falls into a column that training left empty, whose idf is the highest. A new one falls
    there as often as such columns are, and else into a column that other n-grams filled, where it passes for known. So
    the share is that of words in empty columns over that of empty columns. It needs some thousand words to be steady.
    """
    empty = levels == levels.max()
    fallen, words = 0, 0
    texts = [text[:WINDOW] for text in normalised]
    for at in range(0, len(texts), BATCH):
        columns = grams(texts[at : at + BATCH]).words
        fallen += int(empty[columns].sum())
        words += len(columns)
    return min(1.0, fallen / words / float(empty.mean())) if words else 0.0


def read_profile(document: object) -> Profile | None:
    """What ``to_dict`` wrote; ``None`` for anything else, another version's edges say: that compares with nothing."""
    try:
        return _read(document)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _read(document: object) -> Profile | None:
    if not isinstance(document, Mapping) or document["edges"] != list(EDGES):
        return None
    scores = {label: tuple(map(int, document["scores"][label])) for label in LABELS}
    if any(len(counts) != _BINS or min(counts) < 0 for counts in scores.values()):
        return None
    scripts = {script: int(document["scripts"].get(script, 0)) for script in SCRIPTS}
    return Profile(int(document["comments"]), scores, scripts, float(document["unseen"]))


def compare_profiles(reference: Profile, now: Profile) -> Drift:
    """How far the second lies from the first."""
    return Drift(
        {label: psi(reference.scores[label], now.scores[label]) for label in LABELS},
        by_chance(_BINS, reference.comments, now.comments),
        psi(list(reference.scripts.values()), list(now.scripts.values())),
        by_chance(len(SCRIPTS), reference.comments, now.comments),
        now.unseen - reference.unseen,
    )


def psi(expected: Sequence[int], actual: Sequence[int]) -> float:
    """The population stability index of two histograms of counts over the same bins."""
    p, q = _shares(expected), _shares(actual)
    return float(((q - p) * np.log(q / p)).sum())


def _shares(counts: Sequence[int]) -> NDArray[np.float64]:
    raised = np.asarray(counts, dtype=np.float64) + 0.5
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def by_chance(bins: int, n: int, m: int) -> float:
    """The PSI that 95 of 100 pairs of ``n`` and ``m`` unchanged comments stay below.

    The quantile of χ² is Wilson's and Hilferty's (PNAS 17 (1931), 684-688).
    """
    free = bins - 1
    quantile = free * (1 - 2 / (9 * free) + _Z * math.sqrt(2 / (9 * free))) ** 3
    return quantile * (1 / max(n, 1) + 1 / max(m, 1))
