"""Figures of activation functions and their derivatives."""

import numpy as np
from matplotlib.axes import Axes

from ..nn.layers import Activation
from ..words import value_word
from .figure import figure
from .style import HALF, OKABE_ITO, grid_of_panels, panels, scale, styles_of


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
def activation_family(names: list[str], leaky_slope: float = 0.01, limit: float = 5.0) -> np.ndarray:
    """A column of panels for each named activation, from -limit to limit: the function, and below it the size of its
    derivative on a logarithmic axis, on which small slopes and none can be told apart."""
    axes = grid_of_panels(2, [value_word(name) for name in names], 2.7)
    z = np.linspace(-limit, limit, 801)
    for column, (name, style) in zip(axes.T, styles_of("activation", names).items(), strict=True):
        a, slope = value_and_slope(name, z, leaky_slope)
        for ax, y in zip(column, (a, np.where(slope == 0, np.nan, abs(slope))), strict=True):
            ax.plot(z, y, color=style["color"])
            ax.set(xlim=(-limit, limit), xticks=(-limit, 0, limit))
        column[0].set(ylim=(-1.2, 3), yticks=(-1, 0, 1, 2, 3), ylabel="f(z)", xticklabels=())
        column[1].set(ylim=(1e-4, 3), ylabel="|f′(z)|", xlabel="z")
        scale(column[1], log="y")
    for ax in axes[0]:
        ax.label_outer(remove_inner_ticks=False)
    return axes


def value_and_slope(name: str, z: np.ndarray, leaky_slope: float = 0.01) -> tuple[np.ndarray, np.ndarray]:
    """f(z) and f'(z) of an activation."""
    layer = Activation(name)
    if layer.row.with_slope:
        layer = Activation(name, leaky_slope)
    a, cache = layer.forward(z)
    return a, layer.derivative(cache)
