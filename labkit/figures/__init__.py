"""Figures of runs and studies. Each function draws on the Axes it is given, or on a new one, and returns it.

`show` puts a figure into the report, with the caption and the alternative text that it needs there. Nothing here uses
pyplot, so a figure is shown once, where `show` is called, and none stays open.
"""

import base64
import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..display import show_output
from .activations import activation_and_derivative, activation_family
from .curves import accuracy_curves, claimed_points, learning_curves, runs_against
from .diagram import network_diagram
from .divergence import diverged_fraction, limits_against_bound, marked_rates
from .images import confusion, examples, first_weights, kernels_and_maps
from .lines import median_lines
from .maps import ground_truth, ground_truth_and_prediction, predicted_labels, prediction_map
from .parts import training_and_validation, validation_by
from .settings import against_setting
from .style import panels, place_legend, styled

__all__ = [
    "accuracy_curves",
    "activation_and_derivative",
    "activation_family",
    "against_setting",
    "claimed_points",
    "confusion",
    "diverged_fraction",
    "examples",
    "first_weights",
    "ground_truth",
    "ground_truth_and_prediction",
    "kernels_and_maps",
    "learning_curves",
    "limits_against_bound",
    "marked_rates",
    "median_lines",
    "network_diagram",
    "panels",
    "place_legend",
    "predicted_labels",
    "prediction_map",
    "runs_against",
    "show",
    "training_and_validation",
    "validation_by",
]


def show(figure: Figure | Axes, *, caption: str, alt: str, label: str | None = None) -> None:
    """Display a figure (or that of an Axes) as SVG and PNG, the same bytes for the same drawing.

    The caption (Markdown) says what was found, alt what there is to see; without one of them it is a LabError.
    """
    figure = figure.figure if isinstance(figure, Axes) else figure
    data = {"image/svg+xml": rendered(figure, "svg").decode(), "image/png": base64.b64encode(rendered(figure, "png"))}
    data["image/png"] = data["image/png"].decode()
    show_output(data | {"text/plain": f"Figure: {alt}"}, "figure", caption, alt, label)
    figure.clear()


@styled
def rendered(figure: Figure, form: str) -> bytes:
    """The figure as "svg" or "png", without the date and the version that would make every build another file."""
    file = io.BytesIO()
    figure.savefig(file, format=form, metadata={"Date": None} if form == "svg" else {"Software": None})
    return file.getvalue()
