"""Tests of classifiers.calibrating."""

import numpy as np
import pytest

from classifiers import LABELS
from classifiers.calibrating import Held, calibrated, calibration_errors

BANGLA, ROMANIZED = 0, 1


def _held(slopes: dict[int, float], rows: int) -> Held:
    """Made-up logits whose chances are 1 / (1 + e^-(slope · logit)), with a slope for each family of scripts."""
    chance = np.random.default_rng(2)
    families = np.repeat(list(slopes), rows)
    logits = chance.normal(0, 2, (len(families), len(LABELS)))
    steep = np.array([slopes[family] for family in families])[:, None]
    values = (chance.random(logits.shape) < 1 / (1 + np.exp(-steep * logits))).astype(float)
    return Held(logits, values, families)


def test_each_family_of_scripts_has_its_own_slope() -> None:
    found = calibrated(_held({BANGLA: 0.5, ROMANIZED: 2.0}, 8_000))
    assert found.slopes[BANGLA] == pytest.approx(0.5, abs=0.06)
    assert found.slopes[ROMANIZED] == pytest.approx(2.0, abs=0.2)


def test_a_family_with_few_rows_is_calibrated_like_all() -> None:
    many, few = _held({BANGLA: 0.5}, 4_000), _held({ROMANIZED: 2.0}, 30)
    joined = Held(
        *(np.concatenate([one, two]) for one, two in zip(vars(many).values(), vars(few).values(), strict=True))
    )
    found = calibrated(joined)
    assert found.slopes[ROMANIZED] == pytest.approx(0.5, abs=0.1)


def test_a_label_that_no_row_knows_both_values_of_keeps_its_logits() -> None:
    held = _held({BANGLA: 1.0}, 500)
    held.values[:, 3] = np.nan
    assert (calibrated(held).slopes[0, 3], calibrated(held).offsets[0, 3]) == (1.0, 0.0)


def test_errors_are_told_of_what_has_rows_enough_and_are_small_where_platt_fits() -> None:
    scripts = ["bn"] * 4_000 + ["bn-Latn"] * 3_800 + ["mixed"] * 200
    errors = calibration_errors(_held({BANGLA: 0.5, ROMANIZED: 2.0}, 4_000), scripts, seed=1)
    assert set(errors) == {"bn", "bn-Latn"}
    assert max(max(by_label.values()) for by_label in errors.values()) < 0.03
