"""The Hessian by differences of gradients against what is known of it, and the sharpness of a run."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.linear_maps import least_squares_hessian
from labkit.analysis.sharpness import hessian, sharpness
from labkit.nn.losses import LOSSES

START = RunConfig(dataset="linear", hidden_sizes=(3,), bias_init="normal", n_epochs=0, dtype="float64")


@pytest.mark.parametrize("loss", ["mse", "half_mse"])
def test_one_linear_layer_is_a_parabola(loss):
    run = train_one(START.replace(hidden_sizes=(), output_activation="identity", loss=loss))
    x, _ = run.dataset.train
    known = least_squares_hessian(x, loss)
    np.testing.assert_allclose(hessian(run), known, atol=1e-9)
    assert sharpness(run) == pytest.approx(np.linalg.eigvalsh(known)[-1])


@pytest.mark.parametrize("activation", ["identity", "tanh", "sigmoid"])
def test_against_second_differences_of_the_loss(activation):
    run = train_one(START.replace(activation=activation))
    x, y = run.dataset.train
    direction = np.random.default_rng(0).standard_normal(run.flat.shape)

    def loss(step):
        output, _ = run.network.forward(run.network.views(run.flat + step * direction), x.T)
        return LOSSES["mse"].function(output, y.T)[0]

    second = (loss(1e-3) - 2 * loss(0) + loss(-1e-3)) / 1e-6
    H = hessian(run)
    assert direction @ H @ direction == pytest.approx(second, rel=1e-4)
    np.testing.assert_array_equal(H, H.T)


def test_a_diverged_run_has_no_sharpness():
    run = train_one(START.replace(activation="identity", output_activation="identity", lr=100.0, n_epochs=100))
    assert run.diverged and np.isnan(sharpness(run))


def test_too_many_parameters():
    with pytest.raises(LabError, match="at most 1,000"):
        sharpness(train_one(START.replace(hidden_sizes=(100, 100))))
