"""Tests of classifiers.pool and classifiers.estimators: the starter's training, on a small pool."""

from pathlib import Path

import numpy as np
import pytest

from classifiers import LABELS, Bundle
from classifiers.estimators import platt
from classifiers.examples import read_pool
from classifiers.pool import train
from classifiers.training import DataError
from tests.classifiers.desk import RUDE


def test_each_label_learns_its_own_words(bundle: Bundle) -> None:
    for label in ("insult", "threat", "profanity", "identity_attack"):
        calm, rude = (
            scored.scores[LABELS.index(label)] for scored in bundle.score(["ভালো খবর সবাইকে", " ".join(RUDE[label])])
        )
        assert rude > calm + 0.2, label


def test_the_same_rows_and_seed_give_the_same_bytes(data_folder: Path, bundle: Bundle) -> None:
    assert (
        train(read_pool(data_folder / "training.csv.gz"), name="small", seed=1).bundle.to_bytes() == bundle.to_bytes()
    )


def test_a_label_that_nothing_is_left_for_is_named(data_folder: Path) -> None:
    with pytest.raises(DataError, match="nothing to learn «spam» from"):
        train(read_pool(data_folder / "training.csv.gz", without=["bangla-spam-telegram"]), name="x", seed=1)


def test_an_empty_pool_is_refused() -> None:
    with pytest.raises(DataError, match="no rows"):
        train([], name="x", seed=1)


def test_platt_finds_the_slope_and_offset_that_made_the_labels() -> None:
    generator = np.random.default_rng(1)
    logits = generator.normal(0, 2, 50_000)
    truth = generator.random(50_000) < 1 / (1 + np.exp(-(0.7 * logits - 1)))
    slope, offset = platt(logits, truth, np.ones(50_000))
    assert slope == pytest.approx(0.7, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.05)


def test_platt_never_turns_a_classifier_round() -> None:
    logits = np.linspace(-3, 3, 100)
    slope, _ = platt(logits, logits < 0, np.ones(100))
    assert slope > 0


def test_platt_stays_finite_where_the_classes_are_apart() -> None:
    logits = np.concatenate([np.full(50, -30.0), np.full(50, 30.0)])
    assert all(np.isfinite(platt(logits, logits > 0, np.ones(100))))
