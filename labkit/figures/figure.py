"""How a figure function shows what it draws: with the words that a report needs, in one call.

`learning_curves(study, by="lr", caption="…", label="rates")` draws and shows; without a caption the Axes are returned,
to draw more on them.
"""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..display import captioned, show_output
from .inline import figure_of, in_words, pictures
from .style import styled


def figure(draw: Callable) -> Callable:
    """Let a function that draws show its figure where it is given a caption, see `captioned`.

    `alt` describes the figure to those who cannot see it; without one, its axes do.
    """
    return captioned(styled(draw), show, alt="")


def show(
    drawn: Figure | Axes | np.ndarray, *, caption: str, alt: str = "", label: str | None = None, when: bool = True
) -> None:
    """Display a figure, or that of its Axes, as SVG and PNG, the same bytes for the same drawing; see `figure`."""
    whole = figure_of(drawn)
    alt = alt or in_words(whole)
    caption = f"{caption} {whole.note}" if getattr(whole, "note", "") else caption
    show_output(pictures(whole) | {"text/plain": f"Figure: {alt}"}, "figure", caption, alt, label, when)
    whole.clear()
