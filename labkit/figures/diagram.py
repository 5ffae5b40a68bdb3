"""A diagram of a fully connected network, drawn from its configuration."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from ..training.config import RunConfig
from ..training.run import dataset_of
from .figure import figure
from .style import INK, OKABE_ITO, panels

MOST_UNITS = 6  # units of a layer that are drawn; of a wider one, the first and the last, and an ellipsis between


@figure
def network_diagram(config: RunConfig, paths: bool = False) -> Axes:
    """Layers from left to right, a circle for each unit and a line for each weight.

    `paths` marks in color the way from the first weight of the first layer to the output: all that it acts on, and so
    all that the chain rule has to sum over.
    """
    ax = panels(height=2.6)
    dataset = dataset_of(config)
    sizes = [dataset.x.shape[1], *config.hidden_sizes, dataset.y.shape[1]]
    layers = [positions(size) for size in sizes]
    for depth, (left, right) in enumerate(pairwise(layers)):
        for i, a in enumerate(left):
            for j, b in enumerate(right):
                marked = paths and (depth > 1 or (j == 0 and i == 0 if depth == 0 else i == 0))
                style = {"color": OKABE_ITO[1], "lw": 1.3, "zorder": 2} if marked else {"color": "#c4c4c4", "lw": 0.6}
                ax.plot([depth, depth + 1], [a, b], **style)
    for depth, (size, heights) in enumerate(zip(sizes, layers, strict=True)):
        color = "#ffffff" if depth == 0 else OKABE_ITO[5] if depth < len(sizes) - 1 else OKABE_ITO[4]
        ax.scatter([depth] * len(heights), heights, s=150, c=color, edgecolors=INK, linewidths=0.9, zorder=3)
        if size > MOST_UNITS:
            ax.text(depth, 0, "⋮", ha="center", va="center", fontsize=14, zorder=4)
    top = max(0.5, *(max(heights) for heights in layers))
    label_layers(ax, config, sizes, layers, top)
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-1.7 * top, 1.53 * top))
    ax.set_axis_off()
    return ax


def positions(size: int) -> Sequence[float]:
    """Heights of the units of a layer, centered on 0; of a wide layer those at both ends, with a gap in the middle."""
    if size <= MOST_UNITS:
        return (np.arange(size)[::-1] - (size - 1) / 2).tolist()
    half = MOST_UNITS // 2
    return [half - i for i in range(half)] + [-1 - i for i in range(half)]


def label_layers(ax: Axes, config: RunConfig, sizes: list[int], layers: list[Sequence[float]], top: float) -> None:
    """Names of layers below them, inputs and output beside their circles, shapes of weights above the lines."""
    last = len(sizes) - 1
    for depth, size in enumerate(sizes):
        kind = "input" if depth == 0 else "output" if depth == last else f"hidden layer {depth}"
        function = config.output_activation if depth == last else config.activation
        units = f"{size} feature{'s' * (size > 1)}" if depth == 0 else f"{size} unit{'s' * (size > 1)}, {function}"
        ax.text(depth, -1.22 * top, f"{kind}\n{units}", ha="center", va="top", fontsize=8, linespacing=1.5)
    for depth, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        text = f"$W_{depth}$: {n_out}×{n_in}\n$b_{depth}$: {n_out}×1"
        ax.text(depth - 0.5, 1.5 * top, text, ha="center", va="top", fontsize=8, color=INK, linespacing=1.5)
    for i, height in enumerate(layers[0], start=1):
        if sizes[0] <= MOST_UNITS:
            ax.text(-0.12, height, f"$x_{i}$", ha="right", va="center", fontsize=10)
    if sizes[-1] == 1:
        ax.text(last + 0.12, 0, r"$\hat{y}$", ha="left", va="center", fontsize=10)
