"""The loss of every epoch, and how often it rises."""

import numpy as np
import pytest

from labkit import RunConfig, train_one
from labkit.analysis import traces as module
from labkit.analysis.traces import loss_of_every_epoch, rises

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
