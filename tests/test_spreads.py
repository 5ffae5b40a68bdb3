"""Spreads: measures over a grid, and tables of distributions."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, run_study
from labkit.analysis.spreads import first_loss, measured, medians, over_grid, spread_table

SMALL = RunConfig(dataset="linear", hidden_sizes=(3,), n_epochs=12)


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, lr=[0.1, 1.0], hidden_sizes=[(2,), (3,), (4,)], seed=range(5))


def test_over_grid_has_every_run_in_its_place(study):
    lines = over_grid(study, "val_accuracy", by="lr", against="hidden_sizes")
    assert list(lines) == [0.1, 1.0]
    sizes, values = lines[1.0]
    assert sizes == [(2,), (3,), (4,)] and values.shape == (3, 5)
    assert values[2, 4] == study.one(lr=1.0, hidden_sizes=(4,), seed=4).results["val_accuracy"]


def test_a_measure_may_be_a_function(study):
    assert measured(study.members, first_loss) == [run.history.train_loss[0] for run in study.members]
    with pytest.raises(LabError, match=r"result must be one of .*did you mean 'val_loss'"):
        measured(study.members, "val_los")


def test_in_a_median_a_diverged_run_counts_as_infinite():
    assert medians({"a": ([1, 2], [[np.nan, 1, 2], [np.nan, np.nan, 1]])})["a"].tolist() == [2, np.inf]


def test_a_table_of_distributions():
    rows = {("R", 1): {"accuracy": [0.5], "loss": [2.0]}, ("ours", 1): {"accuracy": [0.5, 0.7], "loss": [1.0, 3.0]}}
    table = spread_table(rows, ["of", "layers"])
    assert table.texts.loc[("R", 1)].tolist() == ["50 %", "2.000"]
    assert table.texts.loc[("ours", 1)].tolist() == ["60 % (52–68 %)", "2.0 (1.2–2.8)"]
    assert table.values.loc[("ours", 1), "loss, median"] == 2.0 and table.values.index.names == ["of", "layers"]
