"""The ways of optimizers over a loss surface of two weights."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ..analysis.surfaces import Surface
from .style import panels, styled, styles_of

GRID = 81  # points along each side of the surface
LEVELS = 16


@styled
def trajectories(
    surface: Surface,
    paths: Mapping[str, np.ndarray],
    ax: Axes | None = None,
    *,
    span: tuple[tuple[float, float], tuple[float, float]],
    names: tuple[str, str] = ("first weight", "second weight"),
) -> Axes:
    """Contours of the loss, evenly spaced in its logarithm, and on them the way (steps, 2) of each named optimizer.

    A square marks the start of all ways, a circle the end of each.
    """
    ax = panels(width=3.2, height=3.0) if ax is None else ax
    (left, right), (bottom, top) = span
    across, up = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    loss = surface.loss(np.c_[across.ravel(), up.ravel()]).reshape(GRID, GRID)
    levels = np.geomspace(loss.min() * 1.001, loss.max(), LEVELS)
    ax.contourf(across, up, np.log(loss), levels=np.log(levels), cmap="Greys_r", alpha=0.55, extend="both")
    ax.contour(across, up, loss, levels=levels, colors="#9a9a9a", linewidths=0.4)
    for name, style in styles_of("optimizer", list(paths)).items():
        path = paths[name]
        color = {"color": style["color"]}
        ax.plot(*path.T, **color, linestyle=style["linestyle"], lw=1.3, label=name)
        ax.plot(*path[-1], marker="o", ms=5, mec="#ffffff", mew=0.8, **color, zorder=5)
    ax.plot(*next(iter(paths.values()))[0], "s", color="#ffffff", mec="#000000", ms=5, zorder=6)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=(left, right), ylim=(bottom, top))
    ax.grid(False)
    ax.legend(loc="best", handlelength=2.6, frameon=True, framealpha=0.85, edgecolor="none")
    return ax
