"""Examples that are images."""

import numpy as np
from matplotlib.figure import Figure

from ..errors import LabError
from ..nn.convolution import Shape
from .figure import figure
from .style import grid_of_panels

COLUMNS = 10


@figure
def examples(x: np.ndarray, shape: Shape, titles: list[str]) -> Figure:
    """The rows of x as gray images of shape (1, height, width), ten in a row, each under its title."""
    if shape[0] != 1 or shape[1] == 1:
        raise LabError(f"examples are shown as images of one channel; these have the shape {shape}")
    n_rows = -(-len(x) // COLUMNS)
    row_height = 0.85 if any("\n" in title for title in titles) else 0.75
    grid = grid_of_panels(n_rows, [""] * COLUMNS, row_height * n_rows + 0.1, sharey=False)
    for ax in grid.flat:
        ax.set_axis_off()
    for ax, pixels, title in zip(grid.flat, x, titles, strict=False):
        ax.imshow(pixels.reshape(shape[1:]), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(title, fontsize=8, loc="center")
    return grid.flat[0].figure
