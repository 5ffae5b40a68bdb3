"""Steps and epochs: what is recorded is what the training does, and how often a loss rises."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis import steps as module
from labkit.analysis.steps import compare, loss_of_every_epoch, rises, steps

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


CONFIG = RunConfig(dataset="xor", hidden_sizes=(4,), lr=0.5, n_epochs=20)


def test_a_trace_is_the_history_of_a_run_that_keeps_every_epoch():
    configs = [CONFIG.replace(seed=s, optimizer=o) for s in (0, 1) for o in ("gd", "momentum_ema")]
    losses = loss_of_every_epoch(configs, 15)
    assert losses.shape == (15, 4)
    for column, config in zip(losses.T, configs, strict=True):
        history = train_one(config.replace(n_epochs=15)).history
        np.testing.assert_array_equal(column, history.train_loss)


def test_stop_rules_do_not_stop_a_trace():
    stopped = loss_of_every_epoch([CONFIG.replace(loss_target=0.9, patience=1)], 10)
    np.testing.assert_array_equal(stopped, loss_of_every_epoch([CONFIG], 10))


def test_a_trace_comes_from_the_cache_the_second_time(monkeypatch):
    first = loss_of_every_epoch([CONFIG], 8)
    monkeypatch.setattr(module, "traced", lambda *_: pytest.fail("trained again"))
    np.testing.assert_array_equal(loss_of_every_epoch([CONFIG], 8), first)


def test_rises_are_counted_and_summed():
    falling, jagged = [1.0, 0.5, 0.25, 0.2], [1.0, 1.5, 0.5, 0.75]
    table = rises(np.transpose([falling, jagged]))
    assert table.n_rises.tolist() == [0, 2]
    assert table.total.tolist() == [0, 0.75]
    assert table.largest.tolist() == [0, 0.5]


def test_rounding_is_no_rise():
    assert rises(np.array([[0.5], [0.5 + 1e-8]])).n_rises.tolist() == [0]


def test_the_trace_of_a_patched_row_is_not_kept():
    """It was stored as that of the delivered activation."""
    from unittest.mock import patch

    from labkit.nn.activations import ACTIVATIONS

    with patch.dict(ACTIVATIONS, sigmoid=ACTIVATIONS["tanh"]):
        wrong = loss_of_every_epoch([RunConfig()], 20)
    assert not np.array_equal(loss_of_every_epoch([RunConfig()], 20), wrong)


def test_a_damaged_trace_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    first = loss_of_every_epoch([CONFIG], 8)
    (file,) = tmp_path.rglob("*.run")
    file.write_bytes(file.read_bytes()[:-1])
    np.testing.assert_array_equal(loss_of_every_epoch([CONFIG], 8), first)
    assert module.kept(lambda: pytest.fail("trained again"), CONFIG.replace(n_epochs=8), "every epoch")
