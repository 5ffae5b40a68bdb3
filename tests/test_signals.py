"""How far a signal and an error get through the layers of a network."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.signals import signal_by_depth

DEEP = RunConfig(dataset="digits", hidden_sizes=(50,) * 4, output_activation="softmax", loss="cross_entropy")
DEEP = DEEP.replace(activation="relu", init="kaiming", n_epochs=0, dtype="float64")


def start(**changes):
    return train_one(DEEP.replace(**changes))


def test_one_row_for_each_layer_with_weights():
    table = signal_by_depth(start())
    assert table.index.tolist() == [1, 2, 3, 4, 5]
    assert list(table) == ["signal", "gradient"]


def test_signal_and_gradient_of_a_network_by_hand():
    run = start(hidden_sizes=(7,), activation="tanh")
    x, y = (part[:20].T.astype(float) for part in run.dataset.train)
    (W1, b1), (W2, b2) = (layer.values() for layer in run.params if layer)
    a1 = np.tanh(W1 @ x + b1)
    z2 = W2 @ a1 + b2
    delta2 = np.exp(z2) / np.exp(z2).sum(axis=0) - y
    delta1 = (W2.T @ delta2) * (1 - a1**2)
    table = signal_by_depth(run, 20)
    np.testing.assert_allclose(table.signal, [a1.var(axis=1).mean(), z2.var(axis=1).mean()])
    np.testing.assert_allclose(table.gradient, [np.sqrt(np.mean(d**2)) for d in (delta1, delta2)])


def test_scaled_weights_scale_the_signal_of_relu_layers():
    """ReLU is linear in the scale: twice the weights, four times the variance, layer by layer."""
    one, two = (signal_by_depth(start(init_gain=gain)).signal for gain in (1.0, 2.0))
    np.testing.assert_allclose(two / one, 4.0 ** np.arange(1, 6))


def test_zero_weights_pass_nothing_on():
    table = signal_by_depth(start(init="zeros"))
    assert (table.signal == 0).all() and (table.gradient[:-1] == 0).all()


def test_convolutions_have_signals_too():
    run = start(front=("conv2d(4, 3, 1)", "relu", "maxpool2d(2)"), hidden_sizes=())
    assert len(signal_by_depth(run)) == 2


def test_one_example_has_no_signal():
    with pytest.raises(LabError, match="two"):
        signal_by_depth(start(), 1)
