"""Images of a classifier: examples, the confusion matrix, and the weights of its first layer."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import LabError
from ..nn.convolution import Shape
from ..training.run import Run
from .figure import figure
from .style import OKABE_ITO, darker, panels

COLUMNS = 10


@figure
def examples(x: np.ndarray, shape: Shape, titles: list[str]) -> Figure:
    """The rows of x as gray images of shape (1, height, width), ten in a row, each under its title."""
    if shape[0] != 1 or shape[1] == 1:
        raise LabError(f"examples are shown as images of one channel; these have the shape {shape}")
    grid = image_grid(-(-len(x) // COLUMNS), 0.85 if any("\n" in title for title in titles) else 0.75)
    for ax, pixels, title in zip(grid.flat, x, titles, strict=False):
        ax.imshow(pixels.reshape(shape[1:]), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(title, fontsize=8, loc="center")
    return grid.flat[0].figure


@figure
def confusion(counts: pd.DataFrame) -> Axes:
    """A confusion matrix: each count in its field, the errors colored by their number, the diagonal left white."""
    ax = panels(width=3.9, height=3.5)
    errors = counts.to_numpy() * (1 - np.eye(len(counts), dtype=int))
    most = max(errors.max(), 1)
    shown = np.where(errors, errors, np.nan)  # no error is white, and the darkest field lets a black number be read
    ax.imshow(shown, cmap="Oranges", vmin=0, vmax=1.6 * most)
    for (i, j), n in np.ndenumerate(counts.to_numpy()):
        color = darker(OKABE_ITO[0]) if i == j else "#000000" if n else "#bbbbbb"
        ax.text(j, i, f"{n}" if n else "·", ha="center", va="center", fontsize=8, color=color)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_xticks(range(len(counts)), counts.columns)
    ax.set_yticks(range(len(counts)), counts.index)
    ax.tick_params(length=0)
    ax.grid(False)
    return ax


@figure
def first_weights(run: Run, start: Run, n: int = COLUMNS) -> Figure:
    """The weights into n hidden units as images, and under each what training has added to them since `start`.

    Shown are the units whose weights changed most. Orange is positive, purple negative, white zero; both rows share one
    scale. Raises LabError where the first layer does not see an image of one channel.
    """
    shape = run.dataset.shape
    weights, before = (r.params[0].get("W") for r in (run, start))
    if shape[0] != 1 or shape[1] == 1 or weights is None or weights.shape[1] != shape[1] * shape[2]:
        raise LabError(f"weights are shown as images where the first layer is dense on images; got shape {shape}")
    change = weights - before
    units = np.argsort(-np.square(change).sum(axis=1), kind="stable")[:n]
    limit = np.abs(weights[units]).max()
    grid = image_grid(2, 0.75)
    for row, values in zip(grid, (weights, change), strict=True):
        signed_images(row, values[units].reshape(-1, *shape[1:]), limit)
    for ax, unit in zip(grid[0], units, strict=False):
        ax.set_title(f"unit {unit}", fontsize=8, loc="center")
    for row, name in zip(grid, ("weights", "change"), strict=True):
        place = {"xycoords": "axes fraction", "rotation": 90, "ha": "right", "va": "center", "fontsize": 8}
        row[0].annotate(name, (-0.08, 0.5), **place, annotation_clip=False)
    return grid.flat[0].figure


def image_grid(n_rows: int, row_height: float) -> np.ndarray:
    """Axes (n_rows, COLUMNS) without frames."""
    figure = panels(height=row_height * n_rows + 0.1).figure
    figure.clear()
    grid = figure.subplots(n_rows, COLUMNS, squeeze=False)
    for ax in grid.flat:
        ax.set_axis_off()
    return grid


def signed_images(axes: np.ndarray, pictures: np.ndarray, limit: float) -> None:
    """Pictures (n, height, width) in orange for positive, purple for negative values up to a limit."""
    for ax, picture in zip(axes, pictures, strict=False):
        ax.imshow(picture, cmap="PuOr_r", vmin=-limit, vmax=limit)
