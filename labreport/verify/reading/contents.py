"""What lies in an unpacked bundle, as plain data of checked types. Runs in the child process, and executes nothing."""

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ...project.parameter_table import INJECTED
from ...project.parameters_cell import find_parameters_cell, read_values
from . import schemas
from .strict import Unreadable, load

MAX_RUNS, MAX_ROWS = 20_000, 100_000
PLAIN = (str, int, float, bool, type(None))


def read_manifest(data: bytes) -> dict[str, Any]:
    """MANIFEST.json, each entry of its type."""
    what = "MANIFEST.json"
    table = schemas.require(load(data, what), schemas.MANIFEST, what)
    names = [notebook["name"] for notebook in table["notebooks"]]
    if len(set(names)) < len(names) or names != [book["key"].rpartition("/")[2] for book in table["notebooks"]]:
        raise Unreadable(f"{what} must name different notebooks, each by the end of its key")
    return table


def read_notebook(data: bytes, what: str) -> dict[str, Any]:
    """A notebook of format 4 whose cells and outputs are of the types that a reader takes for granted."""
    notebook = schemas.require(load(data, what), schemas.NOTEBOOK, what)
    for number, cell in enumerate(notebook["cells"], 1):
        schemas.require(cell, schemas.CELL, f"cell {number} of {what}")
        cell.setdefault("id", f"cell-{number}")  # as a build gives it
    ids = [cell["id"] for cell in notebook["cells"]]
    if len(set(ids)) < len(ids):
        raise Unreadable(f"{what} has two cells of one id")
    return notebook


def read_parameters(notebook: Mapping[str, Any], what: str) -> dict[str, Any]:
    """The parameters that an executed notebook was run with, read from its two cells of literals, and not evaluated."""
    try:
        values: dict[str, Any] = {}
        for tag in ("parameters", INJECTED):
            values |= read_values(find_parameters_cell(notebook, what, tag), what)
    except (LabError, RecursionError, MemoryError, ValueError) as error:  # of `ast`, for an absurd source
        raise Unreadable(f"the parameters of {what} cannot be read: {str(error)[:200]}") from None
    for name, value in values.items():
        items = value if isinstance(value, tuple | list) else [value]
        for item in items:
            if not isinstance(item, PLAIN) or (isinstance(item, float) and not math.isfinite(item)):
                raise Unreadable(f"parameter {name[:40]!r} of {what} is no number, text, or list of these")
    return values


def read_runs(data: bytes, what: str) -> list[dict[str, Any]]:
    """The runs of a notebook, a line each."""
    lines = data.splitlines()
    if len(lines) > MAX_RUNS:
        raise Unreadable(f"{what} has {len(lines):,} runs; at most {MAX_RUNS:,} are read")
    places = ((line, f"line {number} of {what}") for number, line in enumerate(lines, 1))
    return [schemas.require(load(line, where), schemas.RUN, where) for line, where in places]


def read_table(data: bytes, what: str) -> list[list[str]]:
    """The rows of a CSV file."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{what} is no CSV file: {str(error)[:100]}") from None
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"{what} has {len(rows):,} rows; at most {MAX_ROWS:,} are read")
    return rows


def content(folder: Path, name: str, most: int = 50_000_000) -> bytes:
    """The bytes of an unpacked file."""
    path = folder / name
    if not path.is_file():
        raise Unreadable(f"{name} is missing")
    if path.stat().st_size > most:
        raise Unreadable(f"{name} is too large: {path.stat().st_size:,} bytes")
    return path.read_bytes()
