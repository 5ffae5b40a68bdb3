"""Figures of activation functions and their derivatives."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..nn.layers import Activation
from .style import OKABE_ITO, panels, styled, styles_of

SYMBOLS = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU", "silu": "SiLU", "identity": "id"}


@styled
def activation_and_derivative(name: str, ax: Axes | None = None, limit: float = 6.0) -> Axes:
    """An activation function and its derivative from -limit to limit, the derivative's maximum marked."""
    ax = panels(height=2.4) if ax is None else ax
    z = np.linspace(-limit, limit, 601)
    a, slope = value_and_slope(name, z)
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


@styled
def activation_family(names: list[str], limit: float = 5.0) -> Figure:
    """Two panels from -limit to limit: the named activations and their derivatives, in their colors and line styles."""
    axes = panels("functions", "derivatives", height=2.8)
    z = np.linspace(-limit, limit, 801)
    for name, style in styles_of("activation", names).items():
        line = {"color": style["color"], "linestyle": style["linestyle"], "label": SYMBOLS.get(name, name)}
        for ax, y in zip(axes, value_and_slope(name, z), strict=True):
            ax.plot(z, y, **line)
    for ax, top in zip(axes, (2.6, 1.25), strict=True):
        ax.set(xlabel="pre-activation z", xlim=(-limit, limit), ylim=(-1.2 if top > 2 else -0.2, top))
    axes[0].legend(loc="upper left")
    return axes[0].figure


def value_and_slope(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f(z) and f'(z) of an activation."""
    layer = Activation(name)
    a, cache = layer.forward(z)
    return a, layer.derivative(cache)
