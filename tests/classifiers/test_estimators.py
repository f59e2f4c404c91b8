"""Tests of classifiers.estimators: the residual regression against scikit-learn's own solver."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from classifiers.estimators import residual_logistic

VARIANCE = 4.0


def rows(seed: int, count: int = 60, width: int = 500) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Sparse rows, many of whose columns occur in no other; two dense columns; and which rows are positive."""
    chance = np.random.default_rng(seed)
    dense = chance.random((count, width)) * (chance.random((count, width)) < 0.02)
    few = chance.normal(size=(count, 2))
    return csr_matrix(dense.astype(np.float32)), few, few[:, 0] + dense[:, :40].sum(axis=1) > 0.3


@pytest.mark.parametrize("seed", range(3))
def test_without_offsets_it_finds_what_scikit_learn_finds(seed: int) -> None:
    matrix, few, truth = rows(seed)
    assert ((matrix != 0).sum(axis=0) == 1).sum() > 100
    weights = np.random.default_rng(seed).uniform(0.2, 2, len(truth))
    found, added = residual_logistic(
        matrix, few, np.zeros(len(truth)), truth, weights, (VARIANCE, np.full(2, VARIANCE))
    )
    model = LogisticRegression(C=VARIANCE, fit_intercept=False, tol=1e-8, max_iter=1_000)
    model.fit(hstack([matrix, csr_matrix(few)]).tocsr().astype(np.float64), truth, sample_weight=weights)
    assert np.abs(found - model.coef_[0, :500]).max() < 0.02
    assert np.abs(added - model.coef_[0, 500:]).max() < 0.02


def test_what_the_offsets_say_already_is_not_learned_again() -> None:
    matrix, few, truth = rows(5)
    offsets = np.where(truth, 30.0, -30.0)
    found, added = residual_logistic(matrix, few, offsets, truth, np.ones(len(truth)), (VARIANCE, np.ones(2)))
    assert np.abs(found).max() < 1e-6
    assert np.abs(added).max() < 1e-6


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1_000), st.integers(1, 8))
def test_columns_that_no_row_has_stay_at_zero(seed: int, count: int) -> None:
    matrix, few, _ = rows(seed, count)
    truth = np.arange(count) % 2 == 0
    found, _ = residual_logistic(matrix, few, np.zeros(count), truth, np.ones(count), (VARIANCE, np.ones(2)))
    assert found.shape == (500,)
    absent = np.asarray((matrix != 0).sum(axis=0)).ravel() == 0
    assert (found[absent] == 0).all()
