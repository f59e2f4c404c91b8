"""Drift: how far a day's scores, scripts and words lie from the reference, and what chance alone would make of it."""

import json
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import LABELS, Bundle, compare_profiles, profile_of, read_profile
from classifiers.calibrating import identity
from classifiers.drift import EDGES, LEAST, by_chance, profile_of_texts, psi, unseen_share
from classifiers.features import COLUMNS, count
from classifiers.training import Example, teach
from classifiers.weights import Linear, square_levels

KNOWN = ["শুভ সকাল সবাইকে", "আজ বৃষ্টি হবে", "good morning all"]


def _bundle(texts: Sequence[str] = KNOWN) -> Bundle:
    """One that has seen these texts and finds everything even."""
    columns = np.unique(count(texts)[1])
    frequencies = np.zeros(COLUMNS, dtype=np.int64)
    frequencies[columns] = 3
    levels = square_levels(frequencies, 1_000)
    linear = Linear(
        np.zeros((len(LABELS), COLUMNS), dtype=np.int8), np.ones(len(LABELS)), np.zeros(len(LABELS)), levels
    )
    return Bundle("even", linear, identity())


def _example(number: int) -> Example:
    """Every other one an insult, and no two alike."""
    rude = number % 2
    words = "বোকাটা কোথাকার" if rude else "শুভ সকাল"
    return Example(f"{words} {number}", (float(rude), float(rude), None, None, None, None, None))


def test_psi_is_the_published_formula_with_half_a_comment_in_every_bin() -> None:
    p, q = (10.5 / 21, 10.5 / 21), (15.5 / 21, 5.5 / 21)
    expected = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi([10, 10], [15, 5]) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_psi_is_finite_never_negative_and_the_same_both_ways(bins: list[tuple[int, int]]) -> None:
    before, after = [one for one, _ in bins], [one for _, one in bins]
    assert psi(before, before) == 0.0
    assert 0.0 <= psi(before, after) < math.inf
    assert psi(before, after) == pytest.approx(psi(after, before))


def test_chance_alone_stays_below_its_bound_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    shares = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
    below = sum(
        psi(rng.multinomial(2_000, shares).tolist(), rng.multinomial(800, shares).tolist()) < by_chance(6, 2_000, 800)
        for _ in range(2_000)
    )
    assert 0.93 < below / 2_000 < 0.97


def test_words_of_training_are_known_and_others_are_new() -> None:
    levels = _bundle().linear.square_levels
    assert unseen_share(levels, KNOWN) == 0.0
    assert unseen_share(levels, ["শুভ zzyzx"]) == pytest.approx(0.5, abs=0.001)
    assert unseen_share(levels, []) == 0.0
    assert unseen_share(levels, ["", "   "]) == 0.0


def test_new_words_are_estimated_well_where_most_columns_are_taken() -> None:
    rng = np.random.default_rng(4)
    known = [f"chena{number}" for number in range(3_000)]
    frequencies = (rng.random(COLUMNS) < 0.9).astype(np.int64)
    frequencies[np.unique(np.concatenate([count(known[at : at + 256])[1] for at in range(0, 3_000, 256)]))] = 1
    levels = square_levels(frequencies, 10_000)
    texts = [f"{word} {'ochena' if number % 4 == 0 else 'chena'}{number}" for number, word in enumerate(known)]
    assert unseen_share(levels, texts) == pytest.approx(750 / 6_000, abs=0.04)  # three standard deviations


def test_a_profile_is_read_back_as_it_was_written() -> None:
    found = profile_of_texts(_bundle(), KNOWN)
    assert found.comments == 3
    assert found.scripts["bn"] == 2
    assert sum(found.scores["toxicity"]) == 3
    assert read_profile(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize(
    "document", [None, 3, "x", {}, {"edges": [0, 1]}, {"edges": list(EDGES), "scores": {}}, {"edges": list(EDGES)}]
)
def test_what_is_no_profile_is_none(document: object) -> None:
    assert read_profile(document) is None


def test_a_score_on_the_last_edge_is_counted() -> None:
    found = profile_of(_bundle(), ["ক"], ["bn"], np.ones((1, len(LABELS))))
    assert found.scores["spam"][-1] == 1


def test_a_shift_of_one_label_is_strong_there_and_the_rest_is_steady() -> None:
    texts, scripts = ["ক"] * 1_000, ["bn"] * 1_000
    rng = np.random.default_rng(1)
    usual = rng.beta(1, 12, size=(1_000, len(LABELS)))
    shifted = rng.beta(1, 12, size=(1_000, len(LABELS)))
    shifted[:, LABELS.index("threat")] = rng.beta(2, 3, size=1_000)
    bundle = _bundle()
    drift = compare_profiles(profile_of(bundle, texts, scripts, usual), profile_of(bundle, texts, scripts, shifted))
    strength = drift.to_dict()["strength"]
    assert isinstance(strength, dict)
    assert strength.pop("threat") == "strong"
    assert set(strength.values()) == {"steady"}


def test_a_few_comments_that_differ_by_chance_are_no_drift() -> None:
    rng = np.random.default_rng(2)
    bundle = _bundle()
    few, many = rng.beta(1, 3, size=(40, len(LABELS))), rng.beta(1, 3, size=(5_000, len(LABELS)))
    drift = compare_profiles(
        profile_of(bundle, ["ক"] * 5_000, ["bn"] * 5_000, many), profile_of(bundle, ["ক"] * 40, ["bn"] * 40, few)
    )
    assert max(drift.scores.values()) > 0.1
    strength = drift.to_dict()["strength"]
    assert isinstance(strength, dict)
    assert "strong" not in strength.values()


def test_a_taught_bundle_carries_the_desks_comments_as_its_reference() -> None:
    desk = [_example(number) for number in range(LEAST)]
    taught = teach(_bundle(), desk, name="taught", seed=0)
    reference = read_profile(taught.metrics["reference"])
    assert reference is not None
    assert reference.comments == LEAST
    assert "reference" not in teach(_bundle(), desk[: LEAST - 1], name="few", seed=0).metrics
