"""Activations side by side: the functions, and their derivatives."""

import numpy as np
from matplotlib.figure import Figure

from ..activations import ACTIVATIONS
from ..errors import choice
from .functions import SYMBOLS
from .style import panels, styled, styles_of


@styled
def activation_family(names: list[str], limit: float = 5.0) -> Figure:
    """Two panels from -limit to limit: the named activations and their derivatives, in their colors and line styles."""
    for name in names:
        choice("activation", name, ACTIVATIONS)
    axes = panels("functions", "derivatives", height=2.8)
    z = np.linspace(-limit, limit, 801)
    for name, style in styles_of("activation", names).items():
        a = ACTIVATIONS[name].function(z)
        line = {"color": style["color"], "linestyle": style["linestyle"], "label": SYMBOLS.get(name, name)}
        for ax, y in zip(axes, (a, ACTIVATIONS[name].derivative(z, a)), strict=True):
            ax.plot(z, y, **line)
    for ax, top in zip(axes, (2.6, 1.25), strict=True):
        ax.set(xlabel="pre-activation z", xlim=(-limit, limit), ylim=(-1.2 if top > 2 else -0.2, top))
    axes[0].legend(loc="upper left")
    return axes[0].figure
