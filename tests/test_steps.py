"""Steps: what is recorded is what the training does."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.steps import compare, steps

SMALL = RunConfig(dataset="linear", hidden_sizes=(3,), n_epochs=4, batch_size=30, lr=0.5, dtype="float64")


def test_the_last_weights_are_those_of_the_run():
    every = list(steps(SMALL))
    assert len(every) == 16 and every[0].gradient.shape == every[0].weights.shape == (13,)
    np.testing.assert_array_equal(every[-1].weights, train_one(SMALL).flat)


def test_a_step_of_gradient_descent_goes_down_its_gradient():
    first, second, *_ = steps(SMALL)
    np.testing.assert_allclose(second.weights - first.weights, -SMALL.lr * second.gradient, rtol=1e-9)


def test_the_loss_is_that_before_the_step():
    full = SMALL.replace(batch_size=None)
    np.testing.assert_allclose([step.loss for step in steps(full)], train_one(full).history.train_loss)


def test_differences_are_relative_to_the_largest_value():
    table = compare(steps(SMALL), steps(SMALL.replace(dtype="float32")), n=10)
    assert table.index.tolist() == list(range(1, 11))
    assert (table[["loss", "gradient", "weights"]].max() < 1e-5).all() and table.weights.max() > 0
    same = compare(steps(SMALL), steps(SMALL), n=99)
    assert len(same) == 16 and not same[["loss", "gradient", "weights"]].to_numpy().any()


def test_steps_of_different_networks_are_refused():
    with pytest.raises(LabError, match="as many parameters; got 13 and 17"):
        compare(steps(SMALL), steps(SMALL.replace(hidden_sizes=(4,))), n=1)
