"""Maps of the plane for data with two features and two labels: the truth, the predicted labels, the probabilities."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..errors import LabError
from ..training.run import Run, labels_of
from .style import LABELS, PREDICTION, panels, styled

GRID = 151  # points along each side of the map


def points_of(run: Run, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) and labels (N,) of "train", "val" or "test". Raises LabError for data no map can show."""
    x, y = getattr(run.dataset, part)
    if x.shape[1] != 2 or y.shape[1] != 1:
        raise LabError(
            f"a map needs two features and one output; {run.dataset.name!r} has {x.shape[1]} and {y.shape[1]}"
        )
    return x, labels_of(y)


@styled
def scatter_points(ax: Axes, x: np.ndarray, labels: np.ndarray, size: float = 16) -> None:
    """Points by label: blue circles for 0, orange triangles for 1; a label -1 (no prediction) as a grey cross."""
    shapes = ((0, "o", LABELS[0], size), (1, "^", LABELS[1], size * 1.3))
    for label, marker, color, area in shapes:
        chosen = x[labels == label]
        ax.scatter(*chosen.T, s=area, marker=marker, c=color, edgecolors="#333333", linewidths=0.5, zorder=3)
    ax.scatter(*x[labels < 0].T, s=size, marker="x", c="#777777", zorder=3)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))


@styled
def prediction_map(run: Run, part: str = "train", ax: Axes | None = None, bar: bool = True) -> Axes:
    """The probability of label 1 as color over the plane, its 0.5 line, and the points with their true labels."""
    ax = panels(width=3.2, height=2.6) if ax is None else ax
    x, labels = points_of(run, part)
    low, high = x.min(axis=0), x.max(axis=0)
    (left, bottom), (right, top) = low - 0.06 * (high - low), high + 0.06 * (high - low)
    across, up = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    p = run.predict_proba(np.c_[across.ravel(), up.ravel()]).reshape(GRID, GRID)
    image = ax.imshow(
        p, origin="lower", extent=(left, right, bottom, top), cmap=PREDICTION, vmin=0, vmax=1, interpolation="nearest"
    )
    if p.min() < 0.5 < p.max():
        ax.contour(across, up, p, levels=[0.5], colors="#000000", linewidths=1.2)
    scatter_points(ax, x, labels, size=9)
    ax.grid(False)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.set_title("predicted probability")
    if bar:
        ax.figure.colorbar(image, ax=ax, fraction=0.05, ticks=[0, 0.25, 0.5, 0.75, 1], label="probability of label 1")
    return ax


@styled
def ground_truth_and_prediction(run: Run, part: str = "train") -> Figure:
    """Three maps in a row: the truth, the predicted labels with the wrong ones ringed, and the predicted probability
    over the plane."""
    truth, answers, plane = panels("ground truth", "", "", height=2.3, sharex=True, sharey=True)
    x, labels = points_of(run, part)
    predicted = run.predict(x)
    wrong = predicted != labels
    scatter_points(truth, x, labels)
    scatter_points(answers, x, predicted)
    ring = {"marker": "o", "facecolors": "none", "edgecolors": "#000000"}
    answers.scatter(*x[wrong].T, s=90, **ring, linewidths=1.2, zorder=4)
    answers.set_title(f"predicted, {(~wrong).sum():,}/{len(x):,} right")
    prediction_map(run, part, plane)
    for ax in (answers, plane):
        ax.set_ylabel("")
    return truth.figure
