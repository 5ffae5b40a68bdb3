"""A figure that is the last line of a cell shows itself, as `show` would show it."""

import base64
import io
import sys

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import styled

UNCAPTIONED = "(This figure has no caption yet: `figures.show(…, caption=…, alt=…)` gives it one.)"


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
    first = drawn.flat[0] if isinstance(drawn, np.ndarray) and drawn.size and drawn.dtype == object else drawn
    figure = first.get_figure(root=True) if isinstance(first, Axes) else first
    if not isinstance(figure, Figure) or figure.canvas.manager is not None or not figure.axes:
        return {}, {}
    alt = f"Figure: {axes_in_words(figure)}"
    return pictures(figure) | {"text/plain": alt}, {"report": {"kind": "figure", "caption": UNCAPTIONED, "alt": alt}}


def axes_in_words(figure: Figure) -> str:
    """`loss: MSE against epoch; accuracy: against epoch`"""
    panels = []
    for ax in figure.axes:
        title = ": ".join(filter(None, [ax.get_title(loc="left") or ax.get_title(), ax.get_ylabel()]))
        panels.append(" against ".join(filter(None, [title, ax.get_xlabel()])))
    return "; ".join(filter(None, panels)) or "a drawing"


def register() -> None:
    """Let IPython show figures in this way, where this is IPython."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        for kind in (Figure, Axes, np.ndarray):
            shell.display_formatter.mimebundle_formatter.for_type(kind, shown_by_itself)
