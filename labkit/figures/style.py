"""How figures look: the style sheet, the fonts, one color with one line style and marker for each setting."""

import functools
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

from ..activations import ACTIVATIONS
from ..datasets import DATASETS
from ..initializers import INITIALIZERS
from ..optimizers import OPTIMIZERS

STYLE = Path(__file__).with_name("style.mplstyle")
font_manager.fontManager.addfont(Path(__file__).parents[1] / "fonts" / "NotoSansTC-Regular-big5.ttf")

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LABELS = ("#0072B2", "#E69F00")  # the colors of points with label 0 and label 1
PREDICTION = LinearSegmentedColormap.from_list("prediction", ["#7fb8d8", "#ffffff", "#f5cb78"])  # paler than the points
INK = "#333333"

# A category has the color of its row in the registry, so it is the same in every figure of a report.
CATEGORIES = {
    "activation": tuple(ACTIVATIONS),
    "output_activation": tuple(ACTIVATIONS),
    "optimizer": tuple(name for name in OPTIMIZERS if name != "sgd"),  # another name of gd
    "init": tuple(INITIALIZERS),
    "dataset": tuple(DATASETS),
}


def styled(draw):
    """Let a function draw in labkit's style, whatever style is set outside."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs):
        with matplotlib.rc_context(fname=STYLE):
            return draw(*args, **kwargs)

    return drawn


@styled
def panels(*titles: str, height: float = 2.7, width: float = 6.3, **options) -> np.ndarray | Axes:
    """A new figure of `width` by `height` inches with one Axes, or a row of Axes, one for each title.

    Further options are those of matplotlib's subplots, such as sharey=True.
    """
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)  # no pyplot: nothing stays open, nothing is shown twice
    axes = figure.subplots(1, max(len(titles), 1), **options)
    for ax, title in zip(np.atleast_1d(axes), titles, strict=False):
        ax.set_title(title)
    return axes


def styles_of(name: str | None, values: list) -> dict:
    """Color, line style and marker of each value of a setting: viridis in order for numbers, fixed ones for names."""
    names = CATEGORIES.get(name, ())
    categorical = all(isinstance(v, str | bool) or v is None for v in values)
    found = {}
    others = [value for value in values if value not in names]
    first = len(names) if len(others) < len(values) else 0  # beside registered names, others keep clear of their colors
    for rank, value in enumerate(values):
        place = names.index(value) if value in names else first + others.index(value)
        color = OKABE_ITO[place % len(OKABE_ITO)]
        if not categorical:  # the last fifth of viridis is too pale on white
            color = to_hex(matplotlib.colormaps["viridis"](0.8 * rank / max(len(values) - 1, 1)))
            place = rank
        found[value] = {
            "color": color,
            "linestyle": LINES[place % len(LINES)],
            "marker": MARKERS[place % len(MARKERS)],
        }
    return found


def darker(color: str) -> tuple[float, ...]:
    """The color of text that belongs to a line: dark enough to be read on white."""
    return tuple(0.65 * channel for channel in to_rgb(color))
