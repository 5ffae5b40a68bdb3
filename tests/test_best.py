"""The best value of a setting, and whether the grid is wide enough to call it so."""

import numpy as np

from labkit import RunConfig, run_study
from labkit.analysis.best import best_setting

SMALL = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=60, loss="mse")


def test_a_best_value_lies_inside_its_grid_or_not():
    rates = [0.01, 1.0, 1000.0]
    study = run_study(SMALL, lr=rates, seed=range(3))
    best = best_setting(study, "lr")
    assert (best.value, best.inside) == (1.0, True)
    assert best.median == np.median([run.results["train_loss"] for run in study.where(lr=1.0)])
    edge = best_setting(run_study(SMALL, lr=rates[:2], seed=range(3)), "lr")
    assert (edge.value, edge.inside) == (1.0, False)


def test_the_best_accuracy_is_the_highest_and_a_diverged_run_is_the_worst():
    linear = SMALL.replace(activation="identity", output_activation="identity")
    study = run_study(linear, lr=[0.001, 0.05, 500.0], seed=range(3))
    assert best_setting(study, "lr", "train_accuracy").value != 500.0
    assert np.isfinite(best_setting(study, "lr").median)


def test_a_value_that_fails_with_some_seeds_is_not_best_for_nine_of_ten():
    study = run_study(SMALL, lr=[0.1, 1.0, 10.0], seed=range(10))
    losses = {lr: sorted(run.results["train_loss"] for run in study.where(lr=lr)) for lr in (0.1, 1.0, 10.0)}
    best = best_setting(study, "lr", share=0.9)
    assert best.reached == losses[best.value][8] == min(of_rate[8] for of_rate in losses.values())


def test_other_settings_may_be_fixed():
    study = run_study(SMALL, lr=[0.01, 1.0, 1000.0], activation=["tanh", "identity"], seed=range(3))
    alone = best_setting(run_study(SMALL, lr=[0.01, 1.0, 1000.0], activation="tanh", seed=range(3)), "lr")
    assert best_setting(study, "lr", activation="tanh") == alone
