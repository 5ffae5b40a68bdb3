"""Maps of the plane for data with two features and two labels: the data, the predicted labels, the probabilities."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogFormatterMathtext, LogLocator, MaxNLocator

from ..data.dataset import Dataset
from ..errors import LabError
from ..training.run import Run, labels_of
from ..words import by_name, value_word
from .ends import legend_below
from .figure import figure
from .style import LABELS, PREDICTION, grid_of_panels, styles_of

GRID = 151  # points along each side of the map


@figure
def data_sets(data: Dataset | Mapping[str, Dataset], height: float = 2.1) -> np.ndarray:
    """The training points of data sets side by side, by label."""
    data = by_name(data, getattr(data, "name", ""))
    axes = grid_of_panels(1, list(map(value_word, data)), height, sharey=False)
    for ax, dataset in zip(axes.flat, data.values(), strict=True):
        scatter_points(ax, *points_of(dataset, "train"))
        ax.set_title(f"{ax.get_title(loc='left')}\n{dataset.n_train:,} points")
    return axes


@figure
def prediction_map(runs: Run | Mapping[str, Run], part: str = "train", height: float = 2.1) -> np.ndarray:
    """The probability of label 1 as color over the plane, its 0.5 line, and the points with their true labels: a panel
    for each of the named runs, and one color bar."""
    runs = by_name(runs)
    axes = grid_of_panels(1, list(runs), height, sharey=False)
    for ax, run in zip(axes.flat, runs.values(), strict=True):
        image = draw_map(ax, run, part)
        ax.set_ylabel("" if ax is not axes[0, 0] else ax.get_ylabel())
    color_bar(axes, image)
    return axes


@figure
def ground_truth_and_prediction(
    runs: Run | Mapping[str, Run], part: str = "train", height: float | None = None
) -> np.ndarray:
    """A row for each run: the truth, the predicted labels with the wrong ones ringed, and the predicted probability
    over the plane."""
    runs = by_name(runs)
    axes = grid_of_panels(len(runs), ["ground truth", "prediction", "probability"], height or 1.8 * len(runs))
    for (truth, answers, plane), (name, run) in zip(axes, runs.items(), strict=True):
        x, labels = points_of(run.dataset, part)
        predicted = run.predict(x)
        wrong = predicted != labels
        scatter_points(truth, x, labels)
        scatter_points(answers, x, predicted)
        ring = {"marker": "o", "facecolors": "none", "edgecolors": "#000000"}
        answers.scatter(*x[wrong].T, s=90 if wrong.mean() < 0.2 else 30, **ring, linewidths=0.9, zorder=4)
        image = draw_map(plane, run, part)
        truth.set_ylabel(f"{name}\n$x_2$" if name else "$x_2$")
        answers.set(ylabel="", xlabel=f"$x_1$; {(~wrong).sum():,} of {len(x):,} right")
        plane.set_ylabel("")
    color_bar(axes, image)
    return axes


@figure
def trajectories(
    loss: Callable[[np.ndarray], np.ndarray],
    paths: Mapping[str, Mapping[str, np.ndarray]],
    span: tuple[tuple[float, float], tuple[float, float]],
    names: tuple[str, str] = ("first weight", "second weight"),
    height: float = 2.9,
) -> np.ndarray:
    """The loss (R,) at points (R, 2) of a plane as color, and on it the way (steps, 2) of each optimizer: a panel for
    each group of them. A square marks the start of all ways, a circle the end of each."""
    (left, right), (bottom, top) = span
    across, up = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    heights = loss(np.c_[across.ravel(), up.ravel()]).reshape(GRID, GRID)
    levels = np.geomspace(heights.min(), heights.max(), 16)
    axes = grid_of_panels(1, list(paths), height)
    for ax, ways in zip(axes.flat, paths.values(), strict=True):
        image = ax.contourf(across, up, heights, levels, cmap="Greys_r", alpha=0.55, norm=LogNorm())
        for name, style in styles_of("optimizer", list(ways)).items():
            look = {"color": style["color"], "linestyle": style["linestyle"], "label": value_word(name)}
            ax.plot(*ways[name].T, **look)
            ax.plot(*ways[name][-1], "o", color=style["color"], ms=5, mec="#ffffff", mew=0.8, zorder=5)
        ax.plot(*next(iter(ways.values()))[0], "s", color="#ffffff", mec="#000000", ms=5, zorder=6)
        ax.set(xlabel=names[0], ylabel=names[1], xlim=span[0], ylim=span[1])
        ax.grid(False)
        ax.label_outer(remove_inner_ticks=False)
    look = {"fraction": 0.05, "aspect": 25, "label": "loss", "ticks": LogLocator(), "format": LogFormatterMathtext()}
    axes.flat[0].figure.colorbar(image, ax=axes, **look)
    legend_below(axes.flat)
    return axes


def points_of(dataset: Dataset, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) and labels (N,) of "train", "val" or "test". Raises LabError for data no map can show."""
    x, y = getattr(dataset, part)
    if x.shape[1] != 2 or y.shape[1] != 1:
        raise LabError(f"a map needs two features and one output; {dataset.name!r} has {x.shape[1]} and {y.shape[1]}")
    return x, labels_of(y)


def scatter_points(ax: Axes, x: np.ndarray, labels: np.ndarray, size: float = 16) -> None:
    """Points by label: blue circles for 0, orange triangles for 1; a label -1 (no prediction) as a grey cross."""
    size *= min(1, (150 / max(len(x), 1)) ** 0.5)  # a thousand points are a cloud, not a heap
    shapes = ((0, "o", LABELS[0], size), (1, "^", LABELS[1], size * 1.3))
    for label, marker, color, area in shapes:
        chosen = x[labels == label]
        ax.scatter(*chosen.T, s=area, marker=marker, c=color, edgecolors="#333333", linewidths=0.4, zorder=3)
    ax.scatter(*x[labels < 0].T, s=size, marker="x", c="#777777", zorder=3)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))


def draw_map(ax: Axes, run: Run, part: str):
    """The probability of label 1 over the plane, with the points; returns the colored image."""
    x, labels = points_of(run.dataset, part)
    low, high = x.min(axis=0), x.max(axis=0)
    (left, bottom), (right, top) = low - 0.06 * (high - low), high + 0.06 * (high - low)
    across, up = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    p = run.predict_proba(np.c_[across.ravel(), up.ravel()]).reshape(GRID, GRID)
    extent = (left, right, bottom, top)
    image = ax.imshow(p, origin="lower", extent=extent, cmap=PREDICTION, vmin=0, vmax=1, interpolation="nearest")
    if p.min() < 0.5 < p.max():
        ax.contour(across, up, p, levels=[0.5], colors="#000000", linewidths=1.2)
    scatter_points(ax, x, labels, size=9)
    ax.grid(False)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    return image


def color_bar(axes: np.ndarray, image) -> None:
    """One color bar for all maps of a figure."""
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.flat[0].figure.colorbar(image, ax=axes, fraction=0.04, aspect=30, ticks=ticks, label="probability of label 1")
