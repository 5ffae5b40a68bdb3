"""Arrays held against others of the same names: two programs that must agree, or an exercise and what is right."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import LabError
from ..rounding import percent, significant
from .table import Table, tabulated

RIGHT = 1e-6  # of the largest value of an array: the most by which one of an exercise may be off
UNWRITTEN = "not written yet"


@tabulated
def agreement(
    mine: Mapping[str, np.ndarray], others: Mapping[str, Mapping[str, np.ndarray]], exercise: bool = False
) -> Table:
    """The shape of each array, and the largest difference to the one of that name in each of `others`.

    The arrays of an `exercise` may be wrong: they may have another shape, or hold nan as long as they are not written.
    Then a last column says of each what it is, and the build that it is not solved. Otherwise raise LabError for a
    shape that is not the same on both sides.
    """
    rows = {}
    for name, a in mine.items():
        theirs = {title: np.asarray(arrays[name]) for title, arrays in others.items()}
        fits = all(np.shape(a) == b.shape for b in theirs.values())
        if not (fits or exercise):
            shapes = " and ".join(map(str, [np.shape(a), *(b.shape for b in theirs.values())]))
            raise LabError(f"{name} must have the same shape on both sides; got {shapes}")
        rows[name] = {"shape": shape_text(a)}
        rows[name] |= {
            f"difference to {title}": float(np.abs(np.subtract(a, b)).max()) if fits else np.nan
            for title, b in theirs.items()
        }
        rows[name]["result"] = result(a, theirs) if fits else f"must be {shape_text(next(iter(theirs.values())))}"
    values = pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")
    unsolved = tuple(values.index[values.result != ""]) if exercise else ()
    values = values if unsolved else values.drop(columns="result")
    texts = values.map(lambda v: v if isinstance(v, str) else significant(v, 1) if v else "0")
    return Table(values, texts.replace({"result": {"": "right"}}), unsolved=unsolved)


def shape_text(a: np.ndarray) -> str:
    return "×".join(map(str, np.shape(a))) or "number"


def result(a: np.ndarray, theirs: Mapping[str, np.ndarray]) -> str:
    """What is wrong with an array that has the right shape: "" if nothing is."""
    if not np.isfinite(a).all():
        return UNWRITTEN
    wrong_by = max(np.abs(np.subtract(a, b)).max() / max(np.abs(b).max(), RIGHT) for b in theirs.values())
    return f"wrong by {percent(wrong_by)}" if wrong_by > RIGHT else ""
