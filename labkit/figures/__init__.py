"""Figures of runs and studies. Each function draws, and with a caption it shows its figure in the report.

Without a caption it returns the Axes, to be drawn on; a figure that is the last line of a cell shows itself. `show`
puts a drawing of one's own into the report. Nothing here uses pyplot, so no figure stays open or is shown twice.
"""

from .activations import activation_and_derivative, activation_family
from .curves import learning_curves, training_and_validation
from .diagram import network_diagram
from .figure import show
from .images import examples
from .inline import register
from .lines import median_lines, points
from .maps import data_sets, ground_truth_and_prediction, prediction_map, trajectories
from .settings import against_setting
from .style import panels

__all__ = [
    "activation_and_derivative",
    "activation_family",
    "against_setting",
    "data_sets",
    "examples",
    "ground_truth_and_prediction",
    "learning_curves",
    "median_lines",
    "network_diagram",
    "panels",
    "points",
    "prediction_map",
    "show",
    "training_and_validation",
    "trajectories",
]


def __dir__() -> list[str]:
    """What is meant to be used, for what completes names."""
    return __all__


register()
