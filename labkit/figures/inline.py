"""A figure that is the last line of a cell shows itself, as `show` would show it."""

import base64
import io
import sys

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..display import UNCAPTIONED
from .style import styled


def pictures(figure: Figure) -> dict[str, str]:
    """The figure as a notebook holds it, as SVG and PNG."""
    return {
        "image/svg+xml": rendered(figure, "svg").decode(),
        "image/png": base64.b64encode(rendered(figure, "png")).decode(),
    }


@styled
def rendered(figure: Figure, form: str) -> bytes:
    """The figure as "svg" or "png", without the date and the version that would make every build another file."""
    file = io.BytesIO()
    unsaid = ("Creator", "Date", "Format", "Type") if form == "svg" else ("Software",)
    figure.savefig(file, format=form, metadata=dict.fromkeys(unsaid))
    return file.getvalue()


def shown_by_itself(drawn: Figure | Axes | np.ndarray) -> tuple[dict, dict]:
    """What IPython asks of the last line of a cell: the figure of what was drawn, and what the report says of it.

    Nothing for a figure of pyplot, which shows its own, for one that `show` has shown, and for an array of no Axes.
    """
    if isinstance(drawn, np.ndarray) and not (drawn.size and drawn.dtype == object):
        return {}, {}
    figure = figure_of(drawn)
    if not isinstance(figure, Figure) or figure.canvas.manager is not None or not figure.axes:
        return {}, {}
    alt = f"Figure: {in_words(figure)}"
    return pictures(figure) | {"text/plain": alt}, {"report": {"kind": "figure", "caption": UNCAPTIONED, "alt": alt}}


def figure_of(drawn: Figure | Axes | np.ndarray) -> Figure:
    """The figure that a drawing function has drawn on."""
    first = drawn.flat[0] if isinstance(drawn, np.ndarray) else drawn
    return first.get_figure(root=True) if isinstance(first, Axes) else first


def in_words(whole: Figure) -> str:
    """What a figure shows, from its axes: `linear: training loss against epoch, both logarithmic, for rate 1, 10`."""
    panels = []
    for ax in whole.axes:
        title = ax.get_title(loc="left") or ax.get_title()
        axes = " against ".join(filter(None, [ax.get_ylabel(), ax.get_xlabel()])).replace("\n", ", ").replace("$", "")
        log = [name for name, kind in (("x", ax.get_xscale()), ("y", ax.get_yscale())) if kind == "log"]
        scales = {0: "", 1: f"{''.join(log)} logarithmic", 2: "both logarithmic"}[len(log)]
        names = [*ax.get_legend_handles_labels()[1], *getattr(ax, "named", [])]
        lines = f"for {', '.join(names)}" if names else ""
        panels.append(": ".join(filter(None, [title, ", ".join(filter(None, [axes, scales, lines]))])))
    return "; ".join(filter(None, panels)) or "a drawing"


def register() -> None:
    """Let IPython show figures in this way, where this is IPython."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        for kind in (Figure, Axes, np.ndarray):
            shell.display_formatter.mimebundle_formatter.for_type(kind, shown_by_itself)
