"""PyTorch as a peer: the same steps as labkit's, and runs that all tables and figures can show."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.steps import compare, steps
from labkit.training.run import dataset_of

DIGITS = RunConfig(
    dataset="digits", n_examples=100, hidden_sizes=(8,), activation="relu", output_activation="softmax", n_epochs=2
).replace(loss="cross_entropy", batch_size=30, init="kaiming", bias_init="uniform", dtype="float64", lr=0.05)


@pytest.fixture(scope="module")
def peer():
    pytest.importorskip("torch")
    from labkit.analysis import torch_peer

    return torch_peer


def test_labkit_comes_without_torch():
    code = "import sys, labkit, labkit.analysis.steps; labkit.figures; labkit.tables; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "nesterov", "rmsprop", "adam"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
def test_every_step_is_the_same(peer, optimizer, weight_decay):
    config = DIGITS.replace(optimizer=optimizer, weight_decay=weight_decay)
    table = compare(steps(config), steps(config, peer.TorchStack), n=99)
    assert len(table) == 8 and table[["loss", "gradient", "weights"]].max().max() < 1e-10


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "silu"])
@pytest.mark.parametrize("loss", ["mse", "half_mse", "binary_cross_entropy"])
def test_with_one_output_too(peer, activation, loss):
    config = RunConfig(dataset="linear", hidden_sizes=(3, 2), activation=activation, loss=loss, n_epochs=3)
    config = config.replace(dtype="float64")
    assert compare(steps(config), steps(config, peer.TorchStack), n=99).weights.max() < 1e-12
    ours, theirs = train_one(config), peer.train(config)
    np.testing.assert_allclose(theirs.history, ours.history, rtol=1e-9)


def test_a_run_is_like_any_other(peer):
    ours, theirs = train_one(DIGITS), peer.train(DIGITS)
    np.testing.assert_allclose(theirs.flat, ours.flat, rtol=1e-9)
    np.testing.assert_allclose(theirs.history[ours.history.columns], ours.history, rtol=1e-9)
    assert theirs.results == pytest.approx(ours.results) and (theirs.epochs, theirs.stopped) == (2, "n_epochs")
    assert theirs.seconds > 0


def test_scaled_inputs(peer):
    data = dataset_of(DIGITS)
    scaled = replace(data, name="given", x=data.x * 255)
    ours = train_one(DIGITS.replace(dataset="given", lr=1e-4), scaled)
    theirs = peer.train(DIGITS.replace(lr=1e-4), scale=255)
    np.testing.assert_allclose(theirs.flat, ours.flat, rtol=1e-6)


def test_a_run_that_diverges_is_a_result(peer):
    run = peer.train(DIGITS.replace(lr=1e200, n_epochs=5))
    assert run.diverged and run.epochs < 5


def test_what_has_no_counterpart_is_refused(peer):
    with pytest.raises(LabError, match="layer must be linear or one of sigmoid, tanh, relu, silu for PyTorch"):
        peer.train(DIGITS.replace(dropout=0.5))
    with pytest.raises(LabError, match="optimizer in PyTorch must be one of"):
        peer.train(DIGITS.replace(optimizer="momentum_ema"))
