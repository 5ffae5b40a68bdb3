"""How a figure function shows what it draws: with the words that a report needs, in one call.

`learning_curves(study, by="lr", caption="…", label="rates")` draws and shows; without a caption the Axes are returned,
to draw more on them.
"""

import functools
import inspect
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..display import show_output
from .inline import figure_of, in_words, pictures
from .style import styled

WORDS = {"caption": "", "label": None, "alt": "", "when": True}


def figure(draw: Callable) -> Callable:
    """Let a function that draws show its figure where it is given a caption.

    The caption (Markdown) says what was found; `when` is the condition on which it is true. `label="rates"` names the
    figure for references, `@fig-rates`. `alt` describes it to those who cannot see it; without one, the axes do.
    """

    @functools.wraps(draw)
    def drawn(*args, caption="", label=None, alt="", when=True, **options):
        made = styled(draw)(*args, **options)
        return show(made, caption=caption, label=label, alt=alt, when=when) if caption else made

    known = inspect.signature(draw)
    words = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value) for name, value in WORDS.items()]
    drawn.__signature__ = known.replace(parameters=[*known.parameters.values(), *words], return_annotation=object)
    return drawn


def show(
    drawn: Figure | Axes | np.ndarray, *, caption: str, alt: str = "", label: str | None = None, when: bool = True
) -> None:
    """Display a figure, or that of its Axes, as SVG and PNG, the same bytes for the same drawing; see `figure`."""
    whole = figure_of(drawn)
    alt = alt or in_words(whole)
    caption = f"{caption} {whole.note}" if getattr(whole, "note", "") else caption
    show_output(pictures(whole) | {"text/plain": f"Figure: {alt}"}, "figure", caption, alt, label, when)
    whole.clear()
