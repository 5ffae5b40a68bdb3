"""What comes from outside as arrays that runs can share: finite floats, read-only."""

from collections.abc import Sequence

import numpy as np

from ..errors import LabError, plain, shown
from ..nn.activations import Array


def finite_numbers(values: object, what: str, columns: Sequence[str] = ()) -> Array:
    """An array of floats, all finite. Raises LabError that names the first that is not one, by row and column."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise LabError(f"{what} must be an array of numbers; got one of {array.dtype}")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        raise LabError(f"{what} must be finite numbers; got {array[*place]} in {place_text(*place, columns=columns)}")
    return array


def read_only(array: Array) -> Array:
    """The array as a frozen one: itself if it is, else a copy, so that the caller's own stays writable."""
    base = array.base
    is_frozen = isinstance(base, np.ndarray) and not base.flags.writeable and not array.flags.writeable
    return array if is_frozen else frozen(array.copy())


def frozen(array: Array) -> Array:
    """An array that nobody else has as one that nobody can write to, not even by setting its flag: a view of it."""
    if array.base is not None:  # a view itself, and its base could be written to
        array = array.copy()
    array.flags.writeable = False
    return array[:]


def features(X: object, what: str) -> Array:
    """Numbers (N, D) of an array, a list of rows or a DataFrame, also where they are texts. Raises LabError."""
    columns = [str(name) for name in getattr(X, "columns", [])]
    try:
        table = np.asarray(X)
    except ValueError:
        raise LabError(f"{what} must have as many columns in each row") from None
    if table.ndim != 2:
        raise LabError(f"{what} must be (N, D), a row an example; got the shape {table.shape}")
    if table.dtype.kind in "OSU":
        found = np.empty(table.shape)
        for (row, column), value in np.ndenumerate(table):
            try:
                found[row, column] = float(value)
            except (TypeError, ValueError):
                place = place_text(row, column, columns=columns)
                raise LabError(f"{what} must be numbers; got {shown(plain(value))} in {place}") from None
        table = found
    return finite_numbers(table, what, columns)


def place_text(row: int, *column: int, columns: Sequence[str]) -> str:
    """Row, counted from 0, and column, by its name where it has one."""
    return f"row {row}" + "".join(f", column {repr(columns[j]) if columns else j}" for j in column)
