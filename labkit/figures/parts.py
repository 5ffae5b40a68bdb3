"""Training and validation side by side: the two panels that tell learning from memorizing."""

import numpy as np
from matplotlib.axes import Axes

from ..experiments.study import Study
from .curves import LOSS_NAMES, PARTS, aligned
from .lines import median_lines
from .style import panels, styled


@styled
def training_and_validation(study: Study, axes: np.ndarray | None = None) -> np.ndarray:
    """Loss at the left and accuracy at the right, training and validation in one panel; returns both Axes."""
    axes = panels("loss", "accuracy") if axes is None else axes
    unit = LOSS_NAMES[study.members[0].config.loss]
    for ax, quantity, log in zip(axes, ("loss", "accuracy"), ("xy", "x"), strict=True):
        curves = {PARTS[part]: aligned(study.members, f"{part}_{quantity}") for part in ("train", "val")}
        groups = {name: (curve.index, curve) for name, curve in curves.items()}
        percent = quantity == "accuracy"
        median_lines(groups, "epoch", "" if percent else unit, ax, log=log, as_percent=percent)
    return axes


@styled
def validation_by(groups: dict[str, list], by: str, ax: Axes) -> Axes:
    """Validation accuracy against the epoch: `groups` maps each value of the setting `by` to its runs."""
    curves = {name: aligned(runs, "val_accuracy") for name, runs in groups.items()}
    lines = {name: (curve.index, curve) for name, curve in curves.items()}
    return median_lines(lines, "epoch", "validation accuracy", ax, by=by, log="x", as_percent=True)
