"""The learning-rate range test: it finds a limit that can be worked out on paper."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, load_dataset, train_one
from labkit.analysis.range_test import RISE, limits, range_test

SMALL = RunConfig(dataset="xor", hidden_sizes=(4,))
LINEAR_MAP = RunConfig(
    dataset="linear", n_examples=50, data_seed=0, hidden_sizes=(), output_activation="identity", dtype="float64"
)


def test_the_limit_of_a_parabola_is_two_over_its_curvature():
    """A one-layer linear network has a quadratic loss, whose Hessian is 2/N Σ x̃ x̃ᵀ with x̃ = (x, 1)."""
    x = load_dataset("linear", 50, seed=0).train[0]
    x = np.c_[x, np.ones(len(x))]
    largest = np.linalg.eigvalsh(2 * x.T @ x / len(x)).max()
    fast, slow = (limits(*range_test(LINEAR_MAP, 0.01, 100, n_epochs, seeds=range(5))) for n_epochs in (2000, 20_000))
    assert np.all(2 / largest <= slow) and np.all(slow < fast), "it takes epochs to turn up"
    np.testing.assert_allclose(slow, 2 / largest, rtol=0.4)


def test_at_a_rate_that_hardly_rises_it_is_ordinary_training():
    _, losses = range_test(SMALL, low=0.5, high=0.5 * (1 + 1e-9), n_epochs=30, seeds=[3])
    run = train_one(SMALL.replace(lr=0.5, seed=3, n_epochs=30))
    np.testing.assert_allclose(losses[:, 0], run.history.train_loss, rtol=1e-6)


def test_rates_rise_by_one_factor_and_seeds_keep_their_own_columns():
    rates, losses = range_test(SMALL, low=0.01, high=10, n_epochs=31, seeds=[0, 5])
    np.testing.assert_allclose(rates[1:] / rates[:-1], 10**0.1)
    _, alone = range_test(SMALL, low=0.01, high=10, n_epochs=31, seeds=[5])
    np.testing.assert_array_equal(losses[:, 1], alone[:, 0])


def test_a_loss_that_overflows_is_up_and_nan_from_there_on():
    rates, losses = range_test(LINEAR_MAP.replace(dtype="float32"), low=0.1, high=1e6, n_epochs=60, seeds=range(3))
    assert np.isnan(losses[-1]).all() and np.isfinite(limits(rates, losses)).all()
    first = np.isnan(losses).argmax(axis=0)
    assert all(np.isnan(losses[row:, run]).all() for run, row in enumerate(first))


def test_a_loss_that_never_turns_up_has_no_limit():
    assert np.isinf(limits(np.geomspace(0.1, 1, 4), np.array([[1.0], [0.9], [0.8], [0.8 * RISE]]))).all()


@pytest.mark.parametrize(("low", "high", "n_epochs"), [(0, 1, 10), (1, 1, 10), (2, 1, 10), (0.1, 1, 1)])
def test_a_range_that_is_none(low, high, n_epochs):
    with pytest.raises(LabError, match="0 < low < high"):
        range_test(SMALL, low, high, n_epochs, seeds=[0])
