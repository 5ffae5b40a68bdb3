"""Random search, winners, and what the best of k trials is worth."""

import itertools

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study
from labkit.analysis.search import expected_best, random_configs
from labkit.experiments.study import study_of

CONFIG = RunConfig(dataset="linear", hidden_sizes=(4,), n_epochs=20)


def test_random_configs_come_from_the_seed_and_the_ranges():
    space = {"lr": (0.01, 1.0), "activation": ["relu", "silu"]}
    configs = random_configs(CONFIG, 200, 3, **space)
    assert configs == random_configs(CONFIG, 200, 3, **space) != random_configs(CONFIG, 200, 4, **space)
    lrs = np.array([c.lr for c in configs])
    assert lrs.min() >= 0.01 and lrs.max() <= 1.0 and 0.05 < np.median(lrs) < 0.2  # even on the logarithmic scale
    assert {c.activation for c in configs} == {"relu", "silu"}
    assert [c.lr for c in random_configs(CONFIG, 200, 3, lr=(0.01, 1.0))] == lrs.tolist()


@pytest.mark.parametrize("values", [(1.0, 0.1), (0.0, 1.0), (1.0, 2.0, 3.0)])
def test_a_range_that_is_none_is_an_error(values):
    with pytest.raises(LabError, match=r"lr must be a list of values, or \(low, high\)"):
        random_configs(CONFIG, 2, 0, lr=values)


def test_expected_best_is_the_mean_over_all_subsets():
    values = np.array([0.3, 0.9, 0.5, 0.7])
    for k, expected in enumerate(expected_best(values), start=1):
        assert expected == pytest.approx(np.mean([max(s) for s in itertools.combinations(values, k)]))


def test_configs_that_form_no_grid_train_as_in_one():
    study = study_of([CONFIG, CONFIG.replace(lr=0.2, seed=3)], ["lr"])
    assert study.one(lr=0.2).results == run_study(CONFIG, lr=0.2, seed=3).members[0].results
