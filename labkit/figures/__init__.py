"""Figures of runs and studies. Each function draws on the Axes it is given, or on a new one, and returns it.

`show` puts a figure into the report, with the caption and the alternative text that it needs there; in a notebook, one
that is the last line of a cell shows itself. Nothing here uses pyplot, so no figure stays open or is shown twice.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..display import show_output
from .activations import activation_and_derivative, activation_family
from .curves import learning_curves
from .diagram import network_diagram
from .images import confusion, examples, first_weights, kernels_and_maps
from .inline import pictures, register
from .lines import marked_rates, median_lines, points, training_and_validation, validation_by
from .maps import ground_truth_and_prediction, prediction_map
from .settings import against_setting
from .style import panels

__all__ = [
    "activation_and_derivative",
    "activation_family",
    "against_setting",
    "confusion",
    "examples",
    "first_weights",
    "ground_truth_and_prediction",
    "kernels_and_maps",
    "learning_curves",
    "marked_rates",
    "median_lines",
    "network_diagram",
    "panels",
    "points",
    "prediction_map",
    "show",
    "training_and_validation",
    "validation_by",
]


def show(figure: Figure | Axes, *, caption: str, alt: str, label: str | None = None) -> None:
    """Display a figure (or that of an Axes) as SVG and PNG, the same bytes for the same drawing.

    The caption (Markdown) says what was found, alt what there is to see; without one of them it is a LabError.
    """
    figure = figure.figure if isinstance(figure, Axes) else figure
    show_output(pictures(figure) | {"text/plain": f"Figure: {alt}"}, "figure", caption, alt, label)
    figure.clear()


def __dir__() -> list[str]:
    """What is meant to be used, for what completes names."""
    return __all__


register()
