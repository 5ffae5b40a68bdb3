"""Every layer, activation and loss against central differences, for one run and a stack, and against PyTorch."""

import numpy as np
import pytest

from labkit import RunConfig, check_gradients, train_one
from labkit.nn.activations import ACTIVATIONS
from labkit.nn.gradcheck import GradientError, gradient_errors
from labkit.nn.layers import Activation, Linear, Softmax
from labkit.nn.losses import LOSSES, mse
from labkit.nn.network import Network
from labkit.training.architecture import build_network

RNG = np.random.default_rng(7)
STACKS = [(), (3,)]


def targets(loss: str, n_out: int, n: int) -> np.ndarray:
    if loss == "cross_entropy" or n_out > 1:
        return np.eye(n_out)[RNG.integers(0, n_out, n)].T
    return RNG.integers(0, 2, (n_out, n)).astype(float)


def network(activation: str = "tanh", output: str = "sigmoid", loss: str = "mse", n_out: int = 3) -> Network:
    output = LOSSES[loss].applies or output
    config = RunConfig(hidden_sizes=(5, 4), activation=activation, output_activation=output, loss=loss)
    return build_network(config, (1, 1, 2), n_out)


def checked(net: Network, loss: str, stack: tuple[int, ...], n_out: int) -> float:
    flat = RNG.standard_normal((*stack, net.n_params)) * 0.7
    x, y = RNG.standard_normal((*stack, net.sizes[0], 12)), targets(loss, n_out, 12)
    return max(row.relative_error for row in gradient_errors(net, LOSSES[loss].function, flat, x, y))


@pytest.mark.parametrize("stack", STACKS, ids=["one run", "stack"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation(activation, stack):
    assert checked(network(activation), "mse", stack, n_out=3) < 1e-7


@pytest.mark.parametrize("stack", STACKS, ids=["one run", "stack"])
@pytest.mark.parametrize("output", [*ACTIVATIONS, "softmax"])
def test_output_activation(output, stack):
    assert checked(network(output=output), "mse", stack, n_out=3) < 1e-7


@pytest.mark.parametrize("stack", STACKS, ids=["one run", "stack"])
@pytest.mark.parametrize("n_out", [1, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_loss(loss, n_out, stack):
    assert checked(network(loss=loss, n_out=n_out), loss, stack, n_out) < 1e-7


@pytest.mark.parametrize("dataset", ["linear", "moons"])
def test_a_trained_run_passes(dataset):
    errors = check_gradients(train_one(RunConfig(dataset=dataset, n_epochs=50)))
    assert list(errors["parameter"]) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert errors["relative_error"].max() < 1e-7


class WrongSign(Linear):
    """A layer with the slip that the check exists for: b is pushed uphill."""

    def gradients(self, cache, dz):
        grads = super().gradients(cache, dz)
        return grads | {"b": -grads["b"]}


@pytest.mark.parametrize("stack", STACKS, ids=["one run", "stack"])
def test_a_planted_sign_error_is_caught_and_named(stack):
    net = Network((WrongSign(2, 4), Activation("tanh"), Linear(4, 1)))
    with pytest.raises(GradientError, match=r"gradient of b1 \(linear\) is wrong at index \(\d, 0\): backward gives"):
        checked(net, "mse", stack, n_out=1)


class ForgottenFactor(Activation):
    """The derivative of the sigmoid without its second factor."""

    def backward(self, cache, da):
        return da * cache[1]


def test_a_wrong_derivative_below_is_caught():
    net = Network((Linear(2, 4), ForgottenFactor("sigmoid"), Linear(4, 1)))
    with pytest.raises(GradientError, match="gradient of W1"):
        checked(net, "mse", (), n_out=1)


def test_units_on_the_kink_of_relu_are_moved_off():
    net = network("relu")
    x = RNG.standard_normal((2, 12))
    rows = gradient_errors(net, mse, np.zeros(net.n_params), x, targets("mse", 3, 12))  # every unit starts on the kink
    assert max(row.relative_error for row in rows) < 1e-7


TORCH_ACTIVATIONS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "leaky_relu": "nn.functional.leaky_relu",
    "silu": "nn.functional.silu",
}


def torch_gradients(torch, net: Network, loss: str, flat: np.ndarray, x: np.ndarray, y: np.ndarray):
    """Loss and gradients of the same network by autograd, in the form of labkit's parameters."""
    params = [{k: torch.tensor(w, requires_grad=True) for k, w in p.items()} for p in net.views(flat)]
    a = torch.tensor(x)
    for layer, p in zip(net.layers, params, strict=True):
        if isinstance(layer, Linear):
            a = p["W"] @ a + p["b"]
        elif isinstance(layer, Softmax):
            a = torch.softmax(a, dim=0)
        else:
            function = torch
            for name in TORCH_ACTIVATIONS[layer.name].split("."):
                function = getattr(function, name)
            a = function(a)
    y = torch.tensor(y)
    value = {
        "mse": lambda: torch.nn.functional.mse_loss(a, y),
        "half_mse": lambda: torch.nn.functional.mse_loss(a, y) / 2,
        "binary_cross_entropy": lambda: torch.nn.functional.binary_cross_entropy_with_logits(a, y),
        "cross_entropy": lambda: torch.nn.functional.cross_entropy(a.T, y.T),
    }[loss]()
    value.backward()
    return value.item(), [{k: w.grad.numpy() for k, w in p.items()} for p in params]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", TORCH_ACTIVATIONS)
def test_against_torch(activation, loss):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    net = network(activation, output="softmax" if loss == "half_mse" else "sigmoid", loss=loss)
    flat, x = RNG.standard_normal(net.n_params), RNG.standard_normal((2, 12))
    y = targets(loss, 3, 12)
    output, caches = net.forward(net.views(flat), x)
    value, d_output = LOSSES[loss].function(output, y)
    ours = net.views(net.backward(caches, d_output))
    torch_value, theirs = torch_gradients(torch, net, loss, flat, x, y)
    assert value == pytest.approx(torch_value, rel=1e-12)
    for mine, other in zip(ours, theirs, strict=True):
        for name in mine:
            np.testing.assert_allclose(mine[name], other[name], rtol=1e-10, atol=1e-14)
