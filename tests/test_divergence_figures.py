"""Figures of divergence and of the family of activations."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from labkit import LabError, RunConfig, figures, run_study
from labkit.figures.style import styles_of

CONFIG = RunConfig(dataset="xor", activation="identity", output_activation="identity", n_epochs=60)


def test_fraction_of_diverged_runs_by_rate():
    rates = [0.001, 50.0]
    deep = run_study(CONFIG, lr=rates, seed=range(3))
    flat = run_study(CONFIG.replace(hidden_sizes=()), lr=rates, seed=range(3))
    ax = figures.diverged_fraction({"three layers": deep, "one layer": flat})
    assert [list(line.get_ydata()) for line in ax.lines] == [[0, 1], [0, 1]]
    assert ax.get_xscale() == "log" and ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert ax.lines[0].get_color() == ax.lines[1].get_color()  # one data set, one color
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["three layers, n = 3", "one layer, n = 3"]
    figures.marked_rates({"2/λ": 1.3}, ax, dataset="xor")
    assert ax.texts[-1].get_text() == "2/λ" and ax.lines[-1].get_color() == ax.lines[0].get_color()


def test_limits_against_their_bound():
    ax = figures.limits_against_bound({"linear": ([0.1, 0.2], [0.2, 0.5]), "xor": ([0.3], [0.7])})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.2, 0.5])
    assert [text.get_text() for text in ax.texts] == ["2/λ", "4/λ", "6/λ"]


def test_a_family_of_activations():
    figure = figures.activation_family(["sigmoid", "relu"])
    functions, derivatives = figure.axes
    assert functions.lines[0].get_ydata()[400] == 0.5 and derivatives.lines[0].get_ydata()[400] == 0.25
    with pytest.raises(LabError, match="relu"):
        figures.activation_family(["rulu"])


def test_a_name_beside_registered_ones_has_a_color_of_its_own():
    styles = styles_of("activation", ["relu", "silu", "silu, doubled"])
    assert len({to_hex(style["color"]) for style in styles.values()}) == 3
    assert styles["silu"] == styles_of("activation", ["silu"])["silu"]


def test_a_legend_is_moved_and_none_is_no_error():
    ax = figures.panels()
    assert figures.place_legend(ax, "center left").get_legend() is None
    ax.plot([0, 1], [0, 1], label="line")
    ax.legend(loc="upper right")
    assert figures.place_legend(ax, "center left").get_legend()._loc == 6
