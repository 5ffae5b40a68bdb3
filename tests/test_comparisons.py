"""Pairs of runs that differ in one setting, and what is true of how many."""

import numpy as np
import pytest

from labkit import RunConfig, run_study
from labkit.analysis.comparisons import dearer, lower, pairs, roughness, smoother, sooner
from labkit.tables import epochs_to

CONFIG = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=300)


@pytest.fixture(scope="module")
def study():
    return run_study(CONFIG, lr=[0.001, 5.0], activation=["sigmoid", "tanh"], seed=range(3))


def test_pairs_agree_in_all_but_the_settings_named(study):
    found = pairs(study, {"lr": 5.0}, {"lr": 0.001})
    assert len(found) == 6
    assert all(a.config.replace(lr=0.001) == b.config for a, b in found)
    assert len(pairs(study, {"lr": 5.0, "activation": "tanh"}, {"lr": 0.001, "activation": "sigmoid"})) == 3
    assert pairs(study, {"lr": 5.0}, {"lr": 7.0}) == []


def test_sooner_and_lower(study):
    found = pairs(study, {"lr": 5.0}, {"lr": 0.001})
    assert all(sooner(found, 0.1)) and not any(sooner([(b, a) for a, b in found], 0.1))
    assert all(lower(found)) and not any(lower([(b, a) for a, b in found]))
    assert sooner(found, 1e-9) == []  # none of them gets there


def test_a_diverged_run_is_never_the_lower_one():
    linear = CONFIG.replace(activation="identity", output_activation="identity")
    found = pairs(run_study(linear, lr=[0.001, 500.0], seed=0), {"lr": 0.001}, {"lr": 500.0})
    assert lower(found) == [True] and lower([(b, a) for a, b in found]) == [False]
    assert epochs_to(found[0][1], 1e-9) == np.inf


def test_a_jumping_curve_is_rougher():
    noisy = run_study(CONFIG, batch_size=[None, 2], lr=1.0, seed=range(3))
    found = pairs(noisy, {"batch_size": None}, {"batch_size": 2})
    assert all(smoother(found)) and roughness(found[0][1]) > roughness(found[0][0]) > 0


def test_the_wider_network_is_dearer_by_the_operations_of_an_epoch():
    widths = run_study(CONFIG, hidden_sizes=[(4,), (5,)], n_epochs=[10, 50], seed=0)
    wide_and_short = {"hidden_sizes": (5,), "n_epochs": 10}
    assert dearer(pairs(widths, wide_and_short, {"hidden_sizes": (4,), "n_epochs": 50})) == [True]
    assert dearer(pairs(widths, {"hidden_sizes": (4,)}, {"hidden_sizes": (5,)})) == [False, False]
    assert dearer(pairs(widths, {"n_epochs": 50}, {"n_epochs": 10})) == [False, False]


def test_a_run_that_stopped_at_the_target_got_there_in_its_last_epoch():
    (run,) = run_study(CONFIG, lr=5.0, loss_target=0.1, seed=0).members
    assert run.stopped == "loss_target" and epochs_to(run, 0.1) == run.epochs
