"""Lines of medians: what is drawn, in which color, where a line ends; marked rates, the family of activations."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from labkit import LabError, figures
from labkit.figures.style import styles_of

X = [0.1, 1.0, 10.0]


def test_a_line_is_the_median_and_a_band_needs_five_runs():
    values = np.arange(15.0).reshape(3, 5) + 1
    ax = figures.median_lines({"a": (X, values), "b": (X, values[:, :3])}, "x", "y")[0, 0]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), np.median(values, axis=1))
    assert len(ax.collections) == 1
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_a_line_ends_where_the_median_is_not_finite():
    values = np.array([[1.0, 2.0, 3.0], [np.nan, np.nan, 1.0], [1.0, np.inf, 2.0]])
    ax = figures.median_lines({"a": (X, values)}, "x", "y", log="x")[0, 0]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [2.0, np.nan, 2.0])


def test_names_of_a_setting_have_its_colors():
    groups = {name: (X, np.ones((3, 1))) for name in ("adam", "gd")}
    lines = figures.median_lines(groups, "x", "y", by="optimizer")[0, 0].lines
    assert lines[0].get_color() != lines[1].get_color()
    alone = figures.median_lines({"gd": groups["gd"]}, "x", "y", by="optimizer")[0, 0].lines
    assert alone[0].get_color() == lines[1].get_color()


def test_lines_are_named_at_their_ends_and_a_single_one_is_not():
    ones = (X, np.ones((3, 1)))
    ax = figures.median_lines({"gd": ones, "adam": ones}, "x", "y", by="optimizer")[0, 0]
    assert [text.get_text() for text in ax.texts] == ["gradient descent", "Adam"]
    assert not figures.median_lines({"gd": ones}, "x", "y")[0, 0].texts


def test_groups_of_groups_are_panels():
    axes = figures.median_lines({"left": {"a": (X, np.ones((3, 1)))}, "right": {"a": (X, np.ones((3, 1)))}}, "x", "y")
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["left", "right"]
    assert [ax.get_xlabel() for ax in axes.flat] == ["x", "x"]


def test_panels_may_have_different_x_axes():
    panels = {name: {"a": (X, np.ones((3, 1)))} for name in ("left", "right")}
    assert [ax.get_xlabel() for ax in figures.median_lines(panels, ("t", "2t"), "y").flat] == ["t", "2t"]


def test_points_may_be_held_against_a_line():
    ax = figures.points({"runs": (X, X)}, "x", "y", lines={"y = x": ([1, 2], [1, 2])})[0, 0]
    assert [line.get_label() for line in ax.lines] == ["runs", "y = x"] and ax.figure.legends


def test_many_panels_have_one_legend_and_few_have_names():
    panels = {name: {"gd": (X, np.ones((3, 5))), "adam": (X, np.ones((3, 5)))} for name in ("relu", "b", "c", "d")}
    axes = figures.median_lines(panels, "x", "y", by="optimizer")
    assert not any(ax.texts for ax in axes.flat) and axes[0, 0].get_title(loc="left") == "ReLU"
    (legend,) = axes[0, 0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["gradient descent", "Adam"]
    few = figures.median_lines({name: panels[name] for name in ("relu", "b")}, "x", "y", by="optimizer")
    assert not few[0, 0].figure.legends and len(few[0, 0].texts) == 2


def test_the_caption_says_how_many_runs_a_line_stands_for():
    for n, band, note in ((5, True, "Median and 10–90 % of 5 runs."), (5, False, "Median of 5 runs."), (1, True, "")):
        axes = figures.median_lines({"a": (X, np.ones((3, n)))}, "x", "y", band=band)
        assert axes[0, 0].figure.note == note


def test_a_family_of_activations():
    functions, derivatives = figures.activation_family(["sigmoid", "relu", "leaky_relu"], leaky_slope=0.1)
    assert functions[0].lines[0].get_ydata()[400] == 0.5 and derivatives[0].lines[0].get_ydata()[400] == 0.25
    left_of_zero = [ax.lines[0].get_ydata()[0] for ax in derivatives[1:]]
    assert np.isnan(left_of_zero[0]) and left_of_zero[1] == pytest.approx(0.1)
    with pytest.raises(LabError, match="relu"):
        figures.activation_family(["rulu"])


def test_a_name_beside_registered_ones_has_a_color_of_its_own():
    styles = styles_of("activation", ["relu", "silu", "silu, doubled"])
    assert len({to_hex(style["color"]) for style in styles.values()}) == 3
    assert styles["silu"] == styles_of("activation", ["silu"])["silu"]
