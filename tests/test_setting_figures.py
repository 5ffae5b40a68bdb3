"""Figures against a numeric setting."""

import numpy as np
import pytest

from labkit import RunConfig, figures, run_study
from labkit.figures.inline import rendered

SMALL = RunConfig(dataset="xor", hidden_sizes=(4,), n_epochs=60, loss="mse")


@pytest.fixture(scope="module")
def study():
    return run_study(SMALL, lr=[0.1, 1.0, 10.0], seed=range(6))


def test_a_point_a_run_a_median_and_a_band(study):
    ax = figures.against_setting({"xor": study}, by="lr")[0, 0]
    dots, line = ax.lines[:-1], ax.lines[-1]
    assert [len(dot.get_xdata()) for dot in dots] == [6, 6, 6] and len(ax.collections) == 1
    medians = study.runs.groupby("lr").train_loss.median()
    np.testing.assert_allclose(line.get_xdata(), medians.index)
    np.testing.assert_allclose(line.get_ydata(), medians)
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel()) == ("log", "log", "learning rate")
    assert ax.get_ylabel() == "final training loss (MSE)"
    assert ax.figure.note == "Median and 10–90 % of 6 runs."


def test_few_runs_have_no_band():
    few = run_study(SMALL, lr=[0.1, 1.0], seed=range(3))
    assert not figures.against_setting({"xor": few}, by="lr")[0, 0].collections


@pytest.mark.parametrize("lrs", [[0.001, 1e20], [1e19, 1e20]])
def test_runs_that_diverge_are_counted_above(lrs):
    linear = SMALL.replace(activation="identity", output_activation="identity")
    study = run_study(linear, lr=lrs, seed=range(6))
    ax = figures.against_setting({"xor": study}, by="lr")[0, 0]
    assert {text.xy[0]: text.get_text() for text in ax.texts} == {lr: "6×" for lr in lrs if lr > 1}
    assert np.isnan(ax.lines[-1].get_ydata()[-1])
    low, high = ax.get_xlim()
    assert low < lrs[0] and high > lrs[-1]
    assert rendered(ax.figure, "png")


def test_widths_are_named_on_the_axis_and_accuracy_is_in_per_cent():
    widths = run_study(SMALL, hidden_sizes=[(2, 2), (7, 7)], seed=range(5))
    ax = figures.against_setting({"xor": widths}, by="hidden_sizes", results="train_accuracy")[0, 0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2", "7"]
    assert ax.get_yscale() == "linear" and ax.get_xlabel() == "hidden units"


def test_data_sets_keep_their_colors(study):
    both = figures.against_setting({"linear": study, "xor": study}, by="lr")[0, 0]
    alone = figures.against_setting({"xor": study}, by="lr")[0, 0]
    assert both.lines[-1].get_color() == alone.lines[-1].get_color() != both.lines[0].get_color()


def test_a_panel_for_each_result_and_one_legend_for_the_data_sets(study):
    axes = figures.against_setting({"linear": study, "xor": study}, by="lr", results=("train_loss", "train_accuracy"))
    assert [ax.get_ylabel() for ax in axes.flat] == ["final training loss (MSE)", "training accuracy"]
    (legend,) = axes[0, 0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["linear", "xor"]


def test_data_without_a_test_set_have_no_line_of_test_results(study):
    linear = run_study(SMALL.replace(dataset="linear"), lr=[0.1, 1.0], seed=range(6))
    axes = figures.against_setting({"linear": linear, "xor": study}, by="lr", results="test_accuracy")
    assert len(axes[0, 0].lines) == 2 + 1 and not axes[0, 0].texts
