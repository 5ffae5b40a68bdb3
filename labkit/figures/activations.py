"""Figures of activation functions and their derivatives."""

import numpy as np
from matplotlib.axes import Axes

from ..nn.layers import Activation
from ..words import value_word
from .ends import End, name_ends
from .figure import figure
from .style import HALF, OKABE_ITO, grid_of_panels, panels, styles_of


@figure
def activation_and_derivative(name: str, limit: float = 6.0) -> Axes:
    """An activation function and its derivative from -limit to limit, the derivative's maximum marked."""
    ax = panels(height=2.2, width=HALF)
    z = np.linspace(-limit, limit, 601)
    a, slope = value_and_slope(name, z)
    symbol = "σ" if name == "sigmoid" else value_word(name)
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


@figure
def activation_family(names: list[str], limit: float = 5.0) -> np.ndarray:
    """Two panels from -limit to limit: the named activations and their derivatives, in their colors and line styles."""
    axes = grid_of_panels(1, ["functions", "derivatives"], 2.6, sharey=False)
    z = np.linspace(-limit, limit, 801)
    styles = styles_of("activation", names)
    ends = {ax: [] for ax in axes.flat}
    for name, style in styles.items():
        for ax, y in zip(axes.flat, value_and_slope(name, z), strict=True):
            ax.plot(z, y, color=style["color"], linestyle=style["linestyle"])
            ends[ax].append(End(value_word(name), limit, y[-1], style))
    for ax, top in zip(axes.flat, (2.6, 1.25), strict=True):
        ax.set(xlabel="pre-activation z", xlim=(-limit, limit), ylim=(-1.2 if top > 2 else -0.2, top))
    name_ends(ends)
    return axes


def value_and_slope(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f(z) and f'(z) of an activation."""
    layer = Activation(name)
    a, cache = layer.forward(z)
    return a, layer.derivative(cache)
