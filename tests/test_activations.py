"""Values, derivatives and extremes of the activations and losses, against their definitions."""

import numpy as np
import pytest

from labkit.nn.activations import ACTIVATIONS, sigmoid, softmax
from labkit.nn.layers import Activation
from labkit.nn.losses import LOSSES

Z = np.array([-700.0, -30.0, -2.0, -0.5, 0.5, 2.0, 30.0, 700.0])

DEFINITIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: np.sinh(z / 1) / np.cosh(z),
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "identity": lambda z: z,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values(name):
    z = Z[1:-1]
    np.testing.assert_allclose(ACTIVATIONS[name].function(z), DEFINITIONS[name](z), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_extremes_stay_finite_and_keep_the_type(name, dtype):
    z = Z.astype(dtype)
    with np.errstate(over="ignore"):  # e^700 is infinite in float32, and its inverse is 0
        a = ACTIVATIONS[name].function(z)
        slope = Activation(name).derivative((z, a))
    assert np.isfinite(a).all() and np.isfinite(slope).all() and a.dtype == slope.dtype == dtype


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives(name):
    z = Z[1:-1]
    f = ACTIVATIONS[name].function
    numerical = (f(z + 1e-6) - f(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(Activation(name).derivative((z, f(z))), numerical, atol=1e-8)


def test_the_tail_of_the_sigmoid_is_exact_in_single_precision():
    """0.5 + 0.5 tanh(z/2) was 6 % off at -16, and 0 at -20."""
    z = np.array([-10.0, -16.0, -20.0, -80.0])
    np.testing.assert_allclose(sigmoid(z.astype(np.float32)), np.exp(z) / (1 + np.exp(z)), rtol=1e-6)


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_the_kink_counts_as_the_lower_side(name):
    zero = np.zeros(1)
    assert Activation(name).derivative((zero, zero))[0] == {"relu": 0.0, "leaky_relu": 0.01}[name]


def test_softmax_of_large_logits():
    p = softmax(np.array([[1000.0, -1000.0], [1001.0, 0.0]]))
    np.testing.assert_allclose(p.sum(axis=0), 1)
    np.testing.assert_allclose(p[:, 0], [1 / (1 + np.e), np.e / (1 + np.e)])


def test_losses_by_hand():
    y_hat, y = np.array([[0.5, 1.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    assert LOSSES["mse"].function(y_hat, y)[0] == pytest.approx((0.25 + 0 + 1 + 4) / 4)
    assert LOSSES["half_mse"].function(y_hat, y)[0] == pytest.approx((0.25 + 0 + 1 + 4) / 8)
    p = 1 / (1 + np.exp(-y_hat))
    expected = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert LOSSES["binary_cross_entropy"].function(y_hat, y)[0] == pytest.approx(expected)
    q = np.exp(y_hat) / np.exp(y_hat).sum(axis=0)
    assert LOSSES["cross_entropy"].function(y_hat, y)[0] == pytest.approx(-np.log([q[1, 0], q[0, 1]]).mean())


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_logit_losses_survive_certainty(loss):
    logits, y = np.array([[1e4, -1e4], [-1e4, 1e4]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    with np.errstate(over="ignore"):  # in the sigmoid of -10,000, which is 0
        value, d_logits = LOSSES[loss].function(logits, y)
    assert np.isfinite(value) and np.isfinite(d_logits).all() and value >= 1e4


def test_losses_of_a_stack_are_those_of_its_runs():
    rng = np.random.default_rng(0)
    outputs, y = rng.standard_normal((4, 3, 10)), np.eye(3)[rng.integers(0, 3, 10)].T
    for loss in LOSSES.values():
        values, gradients = loss.function(outputs, y)
        for run in range(4):
            value, gradient = loss.function(outputs[run], y)
            assert value == values[run]
            np.testing.assert_array_equal(gradient, gradients[run])
