"""Figures of divergence and of the family of activations."""

import pytest
from matplotlib.colors import to_hex

from labkit import LabError, figures
from labkit.figures.style import styles_of


def test_rates_are_named_above_the_axes():
    ax = figures.marked_rates({"2/λ": 1.3}, figures.panels())
    assert ax.texts[0].get_text() == "2/λ" and ax.lines[0].get_xdata()[0] == 1.3


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
