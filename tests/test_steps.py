"""Steps: what is recorded is what the training does."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.steps import differences, record_steps

SMALL = RunConfig(dataset="linear", hidden_sizes=(3,), n_epochs=4, batch_size=30, lr=0.5, dtype="float64")


def test_the_last_weights_are_those_of_the_run():
    steps = record_steps(SMALL)
    assert steps.loss.shape == (16,) and steps.gradient.shape == steps.weights.shape == (16, 13)
    np.testing.assert_array_equal(steps.weights[-1], train_one(SMALL).flat)


def test_a_step_of_gradient_descent_goes_down_its_gradient():
    steps = record_steps(SMALL)
    np.testing.assert_allclose(steps.weights[1] - steps.weights[0], -SMALL.lr * steps.gradient[1], rtol=1e-9)


def test_the_loss_is_that_before_the_step():
    full = SMALL.replace(batch_size=None)
    np.testing.assert_allclose(record_steps(full).loss, train_one(full).history.train_loss)


def test_differences_are_relative_to_the_largest_value():
    one, other = record_steps(SMALL), record_steps(SMALL.replace(dtype="float32"))
    table = differences(one, other)
    assert table.index.tolist() == list(range(1, 17))
    assert (table[["loss", "gradient", "weights"]].max() < 1e-5).all() and table.weights.max() > 0
    assert not differences(one, one)[["loss", "gradient", "weights"]].to_numpy().any()


def test_steps_of_different_networks_are_refused():
    with pytest.raises(LabError, match=r"as many steps and parameters; got \(16, 13\), \(16, 17\)"):
        differences(record_steps(SMALL), record_steps(SMALL.replace(hidden_sizes=(4,))))
