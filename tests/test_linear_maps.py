"""Linear maps: the product of the layers, the best squared error, its curvature, the best straight line."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.linear_maps import best_line_accuracy, composed, least_squares_hessian
from labkit.training.run import dataset_of

LINEAR = RunConfig(dataset="linear", activation="identity", output_activation="identity", bias_init="normal")


@pytest.mark.parametrize("hidden_sizes", [(), (4,), (7, 3, 5)])
def test_the_layers_are_one_map(hidden_sizes):
    run = train_one(LINEAR.replace(hidden_sizes=hidden_sizes, n_epochs=5, lr=1e-4, dtype="float64"))
    W, b = composed(run)
    x, _ = run.dataset.test
    assert W.shape == (1, 2) and b.shape == (1, 1)
    np.testing.assert_allclose(run.predict_proba(x), x @ W.T + b.T, atol=1e-11)


def test_the_output_activation_is_left_out():
    run = train_one(LINEAR.replace(output_activation="sigmoid", n_epochs=0, dtype="float64"))
    W, b = composed(run)
    x, _ = run.dataset.test
    np.testing.assert_allclose(run.predict_proba(x), 1 / (1 + np.exp(-(x @ W.T + b.T))), atol=1e-12)


def test_with_an_activation_there_is_no_such_map():
    with pytest.raises(LabError, match="'tanh'"):
        composed(train_one(LINEAR.replace(activation="tanh", n_epochs=0)))


def test_gradient_descent_comes_to_least_squares():
    run = train_one(LINEAR.replace(hidden_sizes=(), lr=0.5, n_epochs=3000, dtype="float64"))
    x, y = run.dataset.train
    best, *_ = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y)
    np.testing.assert_allclose(np.hstack(composed(run)), best.T, atol=1e-8)


@pytest.mark.parametrize("loss", ["mse", "half_mse"])
def test_just_above_the_bound_one_layer_diverges_and_just_below_not(loss):
    config = LINEAR.replace(hidden_sizes=(), loss=loss, n_epochs=4000)
    bound = 2 / np.linalg.eigvalsh(least_squares_hessian(dataset_of(config).train[0], loss))[-1]
    assert train_one(config.replace(lr=1.03 * bound)).diverged
    below = train_one(config.replace(lr=0.97 * bound))
    assert not below.diverged and below.results["train_loss"] < 0.2


def test_a_loss_without_this_curvature():
    with pytest.raises(LabError, match="half_mse"):
        least_squares_hessian(np.zeros((3, 2)), "cross_entropy")


def test_the_best_line():
    x, y = dataset_of(RunConfig(dataset="xor")).train
    assert best_line_accuracy(x, y) == pytest.approx(16 / 21)  # it cuts off one arm with label 1
    assert best_line_accuracy(x, 1 - y) == pytest.approx(16 / 21)
    x, y = dataset_of(LINEAR).train
    assert best_line_accuracy(x, y) == 1.0
    assert best_line_accuracy(x, np.ones_like(y)) == 1.0
