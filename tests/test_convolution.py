"""Convolution, pooling, flatten and dropout: gradients, PyTorch, and the worked example of R0."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.nn.convolution import Conv2d, MaxPool2d
from labkit.nn.gradcheck import gradient_errors
from labkit.nn.layers import Activation, Dropout, Linear
from labkit.nn.losses import mse
from labkit.nn.network import Network
from labkit.training.architecture import build_front, build_network
from labkit.training.stack import train_stack

FRONTS = {
    "conv1d": (("conv1d(2, 3, 1)",), (1, 1, 6)),
    "conv1d of R0": (("conv1d(1, 3, 1)",), (1, 1, 2)),
    "conv2d": (("conv2d(3, 3, 1)", "tanh"), (2, 5, 4)),
    "conv2d without padding": (("conv2d(2, 2, 0)", "tanh", "conv2d(2, 3, 0)"), (1, 5, 5)),
    "pooled": (("conv2d(3, 3, 1)", "tanh", "maxpool2d(2)", "flatten"), (1, 5, 4)),
    "two blocks": (("conv2d(2, 3, 1)", "maxpool2d(2)", "silu", "conv2d(2, 3, 1)", "maxpool2d(2)"), (1, 8, 8)),
}


@pytest.fixture
def rng() -> np.random.Generator:
    """Every test draws the same numbers, whichever tests run before it."""
    return np.random.default_rng(1)


def front_network(front: tuple[str, ...], shape: tuple[int, int, int]) -> Network:
    config = RunConfig(front=front, hidden_sizes=(4,), activation="tanh")
    return build_network(config, shape, n_out=1)


@pytest.mark.parametrize("stack", [(), (3,)], ids=["one run", "stack"])
@pytest.mark.parametrize("name", FRONTS)
def test_gradients(name, stack, rng):
    net = front_network(*FRONTS[name])
    flat = rng.standard_normal((*stack, net.n_params))
    x, y = rng.standard_normal((*stack, net.sizes[0], 6)), rng.integers(0, 2, (1, 6)).astype(float)
    assert max(row.relative_error for row in gradient_errors(net, mse, flat, x, y)) < 1e-7


class FrozenDropout(Dropout):
    """Dropout that draws the same mask at every call, so that the loss is a function of the parameters."""

    def forward(self, a, rngs=None):
        runs = a.shape[0] if a.ndim == 3 else 1
        return super().forward(a, [np.random.default_rng(run) for run in range(runs)])


@pytest.mark.parametrize("stack", [(), (3,)], ids=["one run", "stack"])
def test_gradients_through_dropout(stack, rng):
    net = Network((Linear(2, 8), Activation("tanh"), FrozenDropout(0.4), Linear(8, 1)))
    flat = rng.standard_normal((*stack, net.n_params))
    x, y = rng.standard_normal((*stack, 2, 6)), rng.standard_normal((1, 6))
    assert max(row.relative_error for row in gradient_errors(net, mse, flat, x, y)) < 1e-7


def test_dropout_keeps_the_mean_and_is_off_when_evaluated():
    layer, a = Dropout(0.3), np.ones((1000, 200), np.float32)
    kept, mask = layer.forward(a, [np.random.default_rng(0)])
    assert (kept == 0).mean() == pytest.approx(0.3, abs=0.01) and kept.mean() == pytest.approx(1, abs=0.01)
    assert layer.backward(mask, a).tobytes() == kept.tobytes()
    evaluated, _ = layer.forward(a)
    assert evaluated is a


def test_dropout_has_a_random_stream_of_its_own():
    config = RunConfig(dataset="moons", dropout=0.3, batch_size=32, n_epochs=6, hidden_sizes=(16,))
    stack = train_stack([config.replace(seed=s) for s in range(4)])
    for run in stack:
        assert run.flat.tobytes() == train_one(run.config).flat.tobytes()
    plain = train_one(config.replace(dropout=0.0))
    assert plain.flat.tobytes() != stack[0].flat.tobytes()
    first = train_one(config.replace(n_epochs=0)).flat
    assert first.tobytes() == train_one(config.replace(n_epochs=0, dropout=0.0)).flat.tobytes()


def test_convolution_in_a_stack_equals_the_run_alone():
    config = RunConfig(dataset="linear", front=("conv1d(3, 3, 1)", "relu"), n_epochs=8, batch_size=16)
    for run in train_stack([config.replace(seed=s) for s in range(5)]):
        assert run.flat.tobytes() == train_one(run.config).flat.tobytes()


def test_r0_convolution_by_hand(rng):
    """(0, x1, x2, 0) under the kernel (w1, w2, w3): h1 = w2 x1 + w3 x2, h2 = w1 x1 + w2 x2, and dw as R0 writes it."""
    (layer,) = build_front(RunConfig(front=("conv1d(1, 3, 1)",)), (1, 1, 2))
    w1, w2, w3, x1, x2, d1, d2 = rng.standard_normal(7)
    h, cache = layer.forward(np.array([[x1], [x2]]), W=np.array([[w1, w2, w3]]), b=np.zeros((1, 1)))
    np.testing.assert_allclose(h[:, 0], [w2 * x1 + w3 * x2, w1 * x1 + w2 * x2])
    dz = np.array([[d1], [d2]])
    grads, dx = layer.gradients(cache, dz), layer.backward(cache, dz)
    np.testing.assert_allclose(grads["W"][0], [d2 * x1, d1 * x1 + d2 * x2, d1 * x2])
    np.testing.assert_allclose(dx[:, 0], [w2 * d1 + w1 * d2, w3 * d1 + w2 * d2])


def test_against_torch(rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    conv, pool = Conv2d((2, 6, 5), 3, (3, 3), (1, 1)), MaxPool2d((3, 6, 5), 2)
    W, b = rng.standard_normal((3, 18)), rng.standard_normal((3, 1))
    x = rng.integers(-2, 3, (60, 7)).astype(float)  # whole numbers, so that pools have ties
    z, cache = conv.forward(x, W, b)
    a, winner = pool.forward(z)
    tx, tW, tb = (
        torch.tensor(v, requires_grad=True) for v in (x.T.reshape(7, 2, 6, 5), W.reshape(3, 2, 3, 3), b[:, 0])
    )
    out = torch.nn.functional.max_pool2d(torch.nn.functional.conv2d(tx, tW, tb, padding=1), 2)
    np.testing.assert_allclose(a.T.reshape(out.shape), out.detach().numpy(), rtol=1e-12, atol=1e-12)
    d_out = rng.standard_normal(a.shape)
    out.backward(torch.tensor(d_out.T.reshape(out.shape)))
    dz = pool.backward(winner, d_out)
    grads, dx = conv.gradients(cache, dz), conv.backward(cache, dz)
    np.testing.assert_allclose(grads["W"].reshape(tW.shape), tW.grad.numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(grads["b"][:, 0], tb.grad.numpy(), rtol=1e-10)
    np.testing.assert_allclose(dx.T.reshape(tx.shape), tx.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_summary_names_layers_shapes_and_parameters():
    net = front_network(("conv2d(3, 3, 1)", "relu", "maxpool2d(2)", "flatten"), (1, 8, 8))
    assert net.rows()[:4] == [
        ("conv2d", "3 x 8 x 8", 30),
        ("relu", "192", 0),
        ("maxpool2d", "3 x 4 x 4", 0),
        ("linear", "4", 196),
    ]
    assert net.n_params == 30 + 49 * 4 + 5
    assert repr(net).splitlines()[1].split() == ["conv2d", "3", "x", "8", "x", "8", "30"]
    assert repr(net).splitlines()[-1].split() == ["total", "231"]
    assert "<tr><th>conv2d</th><td>3 x 8 x 8</td><td>30</td></tr>" in net._repr_html_()


@pytest.mark.parametrize(
    ("front", "message"),
    [
        (("conv3d(1)",), r"front layer must be one of .*got 'conv3d' \(did you mean 'conv2d'\?\)"),
        (("conv2d(1, 3)",), r"conv2d must have channels >= 1, kernel size >= 1 and padding >= 0; got 'conv2d\(1, 3\)'"),
        (("conv2d(0, 3, 1)",), "conv2d must have channels >= 1"),
        (("conv1d(x, 3, 1)",), "conv1d must have channels >= 1"),
        (("dropout(1.0)",), r"dropout must have a rate in \[0, 1\)"),
        (("relu(3)",), "relu must have no numbers"),
        ("relu", "front must be a tuple of layers"),
    ],
)
def test_bad_fronts(front, message):
    with pytest.raises(LabError, match=message):
        RunConfig(front=front)


def test_layers_that_do_not_fit():
    with pytest.raises(LabError, match=r"kernel of \(1, 5\) does not fit an image of \(1, 1, 2\)"):
        train_one(RunConfig(front=("conv1d(1, 5, 1)",), n_epochs=1))
    with pytest.raises(LabError, match=r"max pooling of size 2 does not fit"):
        train_one(RunConfig(front=("maxpool2d(2)",), n_epochs=1))


@pytest.mark.parametrize("front", [("tanh",), ("dropout(0.2)",), ("maxpool2d(2)",), ("flatten",), ("tanh", "flatten")])
@pytest.mark.parametrize("dataset", ["digits", "xor"])
def test_a_front_may_begin_with_any_layer_on_data_that_the_runs_share(front, dataset):
    """Shared data has no run axis. Full batch on it ended in a ValueError, and on xor, without validation, in 'W'."""
    if dataset == "xor" and "maxpool2d(2)" in front:
        front = ("maxpool2d(1)",)
    config = RunConfig(dataset=dataset, data_seed=0, front=front, hidden_sizes=(6,), n_epochs=4)
    if dataset == "digits":
        config = config.replace(n_examples=40, loss="cross_entropy", output_activation="softmax")
    for run in train_stack([config.replace(seed=s) for s in range(3)]):
        alone = train_one(run.config)
        assert run.flat.tobytes() == alone.flat.tobytes() and run.results["train_loss"] == alone.results["train_loss"]
        assert run.score(*run.dataset.train) == run.results["train_accuracy"]
