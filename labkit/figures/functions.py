"""Figures of functions: an activation beside its derivative."""

import numpy as np
from matplotlib.axes import Axes

from ..activations import ACTIVATIONS
from ..errors import choice
from .style import OKABE_ITO, panels, styled

SYMBOLS = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU", "silu": "SiLU", "identity": "id"}


@styled
def activation_and_derivative(name: str, ax: Axes | None = None, limit: float = 6.0) -> Axes:
    """An activation function and its derivative from -limit to limit, the derivative's maximum marked."""
    choice("activation", name, ACTIVATIONS)
    ax = panels(height=2.4) if ax is None else ax
    z = np.linspace(-limit, limit, 601)
    a = ACTIVATIONS[name].function(z)
    slope = ACTIVATIONS[name].derivative(z, a)
    symbol = SYMBOLS.get(name, name)
    for y, line, color, text in ((a, "-", OKABE_ITO[0], f"{symbol}(z)"), (slope, "--", OKABE_ITO[1], f"{symbol}′(z)")):
        ax.plot(z, y, line, color=color)
        ax.annotate(text, (z[-1], y[-1]), (4, 0), textcoords="offset points", va="center", color=color)
    top = int(slope.argmax())
    if 0 < top < len(z) - 1 and slope[top] > slope[top - 1]:  # a maximum, not a plateau
        ax.plot(z[top], slope[top], "o", color=OKABE_ITO[1])
        place = {"xytext": (8, 4), "textcoords": "offset points", "color": OKABE_ITO[1]}
        ax.annotate(f"largest slope: {slope[top]:.3g} at z = {z[top]:.2g}", (z[top], slope[top]), **place)
    ax.set(xlabel="pre-activation z", ylabel="value", xlim=(-limit, limit))
    return ax
