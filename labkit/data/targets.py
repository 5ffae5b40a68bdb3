"""Labels and targets: classes of any kind as columns of numbers, and whether a loss can mean what a column holds."""

import numpy as np
import pandas as pd

from ..errors import LabError, shown
from ..nn.activations import ACTIVATIONS, Array

SUM_TOLERANCE = 1e-4  # by which probabilities of an example may miss the sum 1
PROBES = np.linspace(-100.0, 100.0, 2001)  # where an output activation is looked at for what it can reach


def encoded(labels: object, classes: tuple = ()) -> tuple[Array, tuple]:
    """Targets (N, K) and the classes of labels (N,): a column of 0 and 1 for two classes, else a column a class.

    The classes are those given, or those found, sorted. Raises LabError for a label that is missing, that is no class
    (a fraction), or not among the classes given.
    """
    labels = column_of_labels(labels)
    if classes:
        places = {label: i for i, label in enumerate(classes)}
        for row, label in enumerate(labels.tolist()):
            if label not in places:
                raise LabError(f"labels must be among {shown(classes)}; got {shown(label)} in row {row}")
        indices = np.array([places[label] for label in labels.tolist()], dtype=int)
    else:
        try:
            found, indices = np.unique(labels, return_inverse=True)
        except TypeError:
            kinds = sorted({type(label).__name__ for label in labels.tolist()})
            raise LabError(f"labels must be of one kind; got {' and '.join(kinds)}") from None
        classes = tuple(found.tolist())
        if len(classes) < 2:
            raise LabError(
                f"labels must have at least two classes; got only {', '.join(map(shown, classes)) or 'none'}"
            )
    return (indices[:, None] == 1).astype(float) if len(classes) == 2 else np.eye(len(classes))[indices], classes


def column_of_labels(labels: object) -> Array:
    """Labels (N,), none of them missing or a fraction."""
    array = np.asarray(labels)
    if array.dtype.kind not in "biufSUO":
        array = array.astype(str)  # such as dates
    if (missing := np.flatnonzero(pd.isna(array))).size:
        raise LabError(f"every example must have a label; that of row {missing[0]} is missing")
    fractions = [isinstance(label, float) and not label.is_integer() for label in array.tolist()]
    if any(fractions):
        row = fractions.index(True)
        raise LabError(f"labels must name classes, labkit does no regression; got {array[row]} in row {row}")
    return array


def check_targets(what: str, x: Array, y: Array, *, loss: str, output_activation: str, dtype: str) -> None:
    """Raise LabError unless loss and output activation can mean the targets y (N, K), and dtype can hold x (N, D).

    One column holds labels 0 and 1 or probabilities; -1 and 1 where the output activation comes to both. Of several
    columns each row holds the probabilities of an example, one 1 and else 0 as a rule.
    """
    largest = np.finfo(dtype).max
    if np.finfo(x.dtype).max > largest and (beyond := np.argwhere(np.abs(x) > largest)).size:
        row, column = beyond[0]
        raise LabError(
            f"{what}: x must hold numbers that {dtype} can hold, up to {largest:.3g}; "
            f"got {x[row, column]:.3g} in row {row}, column {column}"
        )
    if y.shape[1] == 1 and output_activation == "softmax":
        raise LabError(
            f"{what} has one column of targets, over which softmax is always 1; set output_activation='sigmoid' (and "
            f"loss='binary_cross_entropy' for its cross-entropy)"
        )
    outside = np.argwhere((y < 0) | (y > 1))
    if y.shape[1] == 1 and outside.size and np.isin(y, (-1, 1)).all():
        outputs = ACTIVATIONS[output_activation].function(PROBES)
        if loss != "binary_cross_entropy" and outputs.min() <= -1 and outputs.max() >= 1:
            return
        raise LabError(
            f"{what} has labels -1 and 1; with loss={loss!r} and output_activation="
            f"{output_activation!r} they must be 0 and 1 (output_activation='tanh' and loss='mse' take -1)"
        )
    if outside.size:
        row, column = outside[0]
        raise LabError(
            f"{what}: targets must be labels 0 and 1 or probabilities; got {y[row, column]:g} in row {row}, column "
            f"{column}. Dataset.from_arrays(X, labels) takes classes of any name as labels of one dimension"
        )
    if y.shape[1] > 1 and (wrong := np.flatnonzero(np.abs(y.sum(axis=1) - 1) > SUM_TOLERANCE)).size:
        row = wrong[0]
        raise LabError(f"{what}: the targets of each example must sum to 1; those of row {row} sum to {y[row].sum():g}")
