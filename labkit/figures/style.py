"""How figures look: the style sheet, the fonts, one color with one line style and marker for each setting."""

import functools
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ..data.sources import DATASETS
from ..nn.activations import ACTIVATIONS
from ..nn.initializers import INITIALIZERS
from ..nn.optimizers import OPTIMIZERS
from ..rounding import percent
from .fonts import use_own_fonts
from .ticks import tick_decades

STYLE = Path(__file__).with_name("style.mplstyle")
FULL, HALF = 4.92, 3.2  # inches: a figure as wide as the text of a page (12.5 cm), and one that needs less room

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

# A number has its place on a logarithmic scale from the one to the other, for the same reason.
SCALES = {"lr": (1e-3, 1e3), "hidden_sizes": (1, 100)}


def styled(draw):
    """Let a function draw in labkit's style, above matplotlib's own defaults: no setting and no font of the user's."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs):
        with matplotlib.rc_context(fname=STYLE):
            use_own_fonts()
            return draw(*args, **kwargs)

    return drawn


class ReportFigure(Figure):
    """A figure with a note that its caption ends in, such as how many runs a line stands for."""

    note = ""


def panels(*titles: str, height: float = 2.3, width: float = FULL) -> np.ndarray | Axes:
    """A new figure of `width` (FULL or HALF) by `height` inches with one Axes, or a row of Axes, one for each title."""
    axes = grid_of_panels(1, titles or [""], height, sharey=False, width=width)
    return axes[0] if len(titles) > 1 else axes[0, 0]


@styled
def grid_of_panels(
    n_rows: int, titles: Sequence[str], height: float | None = None, sharey: bool = True, width: float = FULL
) -> np.ndarray:
    """A new figure of Axes (n_rows, n_columns), a column for each title, `height` inches high in all.

    Panels of a row share their y axis, unless told otherwise. No pyplot: nothing stays open, nothing is shown twice.
    """
    figure = ReportFigure(figsize=(width, height or (2.2 if n_rows == 1 else 1.7 * n_rows)))
    FigureCanvasAgg(figure)
    axes = figure.subplots(n_rows, len(titles), squeeze=False, sharey="row" if sharey else False)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title)
    return axes


def styles_of(name: str | None, values: list) -> dict:
    """Color, line style and marker of each value of a setting: viridis in order for numbers, fixed ones for names."""
    if not all(isinstance(value, str | bool) or value is None for value in values):
        viridis = matplotlib.colormaps["viridis"]  # its last fifth is too pale on white
        return {value: look(viridis(0.8 * share), place) for value, share, place in on_scale(name, values)}
    names = CATEGORIES.get(name, ())
    others = [value for value in values if value not in names]
    first = len(names) if len(others) < len(values) else 0  # beside registered names, others keep clear of their colors
    places = {value: names.index(value) if value in names else first + others.index(value) for value in values}
    return {value: look(OKABE_ITO[place % len(OKABE_ITO)], place) for value, place in places.items()}


def look(color: str | tuple, place: int) -> dict:
    return {"color": to_hex(color), "linestyle": LINES[place % len(LINES)], "marker": MARKERS[place % len(MARKERS)]}


def on_scale(name: str | None, values: list) -> list[tuple]:
    """Each number with its share of the scale of its setting, and which line style that is; by rank where there is no
    scale, or where two numbers on it would have one line style."""
    if name in SCALES:
        low, high = SCALES[name]
        sizes = np.clip([max(value, default=low) if isinstance(value, tuple) else value for value in values], low, high)
        shares = np.log(sizes / low) / np.log(high / low)
        places = np.rint(shares * (len(LINES) - 1)).astype(int)
        if len(set(places)) == len(values):
            return list(zip(values, shares, places, strict=True))
    return [(value, rank / max(len(values) - 1, 1), rank) for rank, value in enumerate(values)]


def darker(color: str) -> tuple[float, ...]:
    """The color of text that belongs to a line: dark enough to be read on white."""
    return tuple(0.65 * channel for channel in to_rgb(color))


def scale(ax: Axes, log: str = "", as_percent: bool = False) -> None:
    """Make axes logarithmic, "x", "y" or both, and write the fractions of y in per cent; panels that share an axis name
    it once."""
    for name in log:
        ax.set(**{f"{name}scale": "log"})
        tick_decades(getattr(ax, f"{name}axis"))
    if as_percent:
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    if len(ax.get_shared_y_axes().get_siblings(ax)) > 1:
        ax.label_outer(remove_inner_ticks=False)
