"""What lies in an unpacked bundle, as plain data of checked types. Runs in the child process, and executes nothing."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ...hand_in.bundle import FORMAT, MANIFEST_KEYS, RUN_KEYS
from ...page.document import ReportMeta
from ...project.parameter_table import INJECTED
from ...project.parameters_cell import find_parameters_cell, read_values
from .strict import Unreadable, expect, load, mapping, member, short_text

SHA = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"\w[\w.-]{0,79}")
KEY = re.compile(r"\w[\w./ -]{0,150}")
CELL_ID = re.compile(r"[\w-]{1,64}")
MAX_CELLS, MAX_OUTPUTS, MAX_RUNS, MAX_ROWS = 1_000, 500, 20_000, 100_000
NOT_FINITE = ("nan", "inf", "-inf")
RESULTS = {f"{part}_{what}" for part in ("train", "val", "test") for what in ("loss", "accuracy")}
STOPPED = ("n_epochs", "loss_target", "accuracy_target", "patience", "diverged")
PLAIN = (str, int, float, bool, type(None))


def read_manifest(data: bytes) -> dict[str, Any]:
    """MANIFEST.json, each entry of its type."""
    what = "MANIFEST.json"
    table = expect(load(data, what), dict, what)
    if table.get("format") != FORMAT:
        raise Unreadable(f"{what} must have format {FORMAT}; got {str(table.get('format'))[:40]}")
    if missing := [key for key in MANIFEST_KEYS if key not in table]:
        raise Unreadable(f"{what} has no {missing[0]!r}")
    for name in ("lab", "title", "author", "student_id", "engine"):
        short_text(table[name], f"{name!r} of {what}")
    if not NAME.fullmatch(table["lab"]):
        raise Unreadable(f"'lab' of {what} is no name of a lab")
    mapping(table["report"], f"'report' of {what}", lambda v, w: short_text(v, w, 500), 20)
    unknown = table["report"].keys() - {field.name for field in fields(ReportMeta)}
    if unknown or "title" not in table["report"]:
        raise Unreadable(f"'report' of {what} is no title block: {sorted(unknown)[:3] or 'it has no title'}")
    for notebook in member(table, "notebooks", list, what):
        expect(notebook, dict, f"a notebook of {what}")
        name = member(notebook, "name", str, f"a notebook of {what}")
        key = member(notebook, "key", str, f"a notebook of {what}")
        if not NAME.fullmatch(name) or not KEY.fullmatch(key) or ".." in key or key.rpartition("/")[2] != name:
            raise Unreadable(f"a notebook of {what} is called {name[:80]!r}, {key[:80]!r}")
    names = [notebook["name"] for notebook in table["notebooks"]]
    if not names or len(names) > 100 or len(set(names)) < len(names):
        raise Unreadable(f"{what} must name between 1 and 100 different notebooks")
    mapping(table["files"], f"'files' of {what}", sha)
    mapping(table["versions"], f"'versions' of {what}", short_text, 200)
    mapping(table["library"], f"'library' of {what}", sha)
    for name in ("platform", "data"):
        mapping(table[name], f"{name!r} of {what}", plain, 100)
    if table["commit"] is not None:
        short_text(table["commit"], f"'commit' of {what}")
    expect(table["n_runs"], int, f"'n_runs' of {what}")
    return table


def sha(value: Any, what: str) -> None:
    if not SHA.fullmatch(short_text(value, what)):
        raise Unreadable(f"{what} is no SHA-256")


def plain(value: Any, what: str, level: int = 0) -> None:
    """Texts, numbers, and small lists and objects of them."""
    if isinstance(value, str):
        short_text(value, what)
    elif isinstance(value, list | dict) and level < 3 and len(value) <= 200:
        for item in value.values() if isinstance(value, dict) else value:
            plain(item, what, level + 1)
    elif isinstance(value, list | dict):
        raise Unreadable(f"{what} is too large")


def read_notebook(data: bytes, what: str) -> dict[str, Any]:
    """A notebook of format 4 whose cells and outputs are of the types that a reader takes for granted."""
    notebook = expect(load(data, what), dict, what)
    if notebook.get("nbformat") != 4:
        raise Unreadable(f"{what} is not a notebook of format 4")
    expect(notebook.get("metadata", {}), dict, f"the metadata of {what}")
    cells = member(notebook, "cells", list, what)
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"{what} has {len(cells):,} cells; at most {MAX_CELLS:,} are read")
    for number, cell in enumerate(cells, 1):
        check_cell(cell, f"cell {number} of {what}")
        cell.setdefault("id", f"cell-{number}")  # as a build gives it
    ids = [cell["id"] for cell in cells]
    if len(set(ids)) < len(ids):
        raise Unreadable(f"{what} has two cells of one id")
    return notebook


def check_cell(cell: Any, what: str) -> None:
    expect(cell, dict, what)
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise Unreadable(f"{what} is of no known type")
    if "id" in cell and not CELL_ID.fullmatch(short_text(cell["id"], f"the id of {what}")):
        raise Unreadable(f"{what} has an id that is none")
    text(member(cell, "source", (str, list), what), f"the source of {what}")
    metadata = member(cell, "metadata", dict, what)
    for tag in expect(metadata.get("tags", []), list, f"the tags of {what}"):
        short_text(tag, f"a tag of {what}")
    for name, bundle in expect(cell.get("attachments", {}), dict, f"the attachments of {what}").items():
        mime_bundle(bundle, f"attachment {name[:40]!r} of {what}")
    if cell["cell_type"] == "code":
        outputs = member(cell, "outputs", list, what)
        if len(outputs) > MAX_OUTPUTS:
            raise Unreadable(f"{what} has {len(outputs):,} outputs; at most {MAX_OUTPUTS:,} are read")
        for output in outputs:
            check_output(output, f"an output of {what}")


def check_output(output: Any, what: str) -> None:
    expect(output, dict, what)
    kind = output.get("output_type")
    if kind == "stream":
        short_text(output.get("name"), f"the name of {what}")
        text(member(output, "text", (str, list), what), what)
    elif kind == "error":
        for name in ("ename", "evalue"):
            member(output, name, str, what)
        text(member(output, "traceback", list, what), what)
    elif kind in ("display_data", "execute_result"):
        mime_bundle(member(output, "data", dict, what), what)
        report = member(output, "metadata", dict, what).get("report", {})
        for name, value in expect(report, dict, f"the report's words of {what}").items():
            expect(value, PLAIN, f"{name[:40]!r} of {what}")
    else:
        raise Unreadable(f"{what} is of no known type")


def mime_bundle(bundle: Any, what: str) -> None:
    for mime, content in expect(bundle, dict, what).items():
        if not mime.endswith("json"):
            text(expect(content, (str, list), f"{mime[:40]!r} of {what}"), what)


def text(value: Any, what: str) -> None:
    """A text, or a list of its lines."""
    if isinstance(value, list):
        for line in value:
            expect(line, str, f"a line of {what}")


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
    runs = []
    for number, line in enumerate(lines, 1):
        where = f"line {number} of {what}"
        run = expect(load(line, where), dict, where)
        check_run(run, where)
        runs.append(run)
    return runs


def check_run(run: dict[str, Any], what: str) -> None:
    if run.keys() != set(RUN_KEYS):
        raise Unreadable(f"{what} is not a run with {', '.join(RUN_KEYS)}")
    for name, value in expect(run["config"], dict, f"the config of {what}").items():
        items = value if isinstance(value, list) else [value]
        if len(run["config"]) > 100 or len(name) > 40 or len(items) > 50:
            raise Unreadable(f"the config of {what} is too long")
        for item in items:
            expect(item, PLAIN, f"{name!r} of {what}")
            if isinstance(item, str):
                short_text(item, f"{name!r} of {what}", 60)
    results = expect(run["results"], dict, f"the results of {what}")
    if results.keys() != RESULTS:
        raise Unreadable(f"the results of {what} must be {', '.join(sorted(RESULTS))}")
    for name, value in results.items():
        if value not in NOT_FINITE:
            expect(value, (int, float), f"{name!r} of {what}")
    if expect(run["epochs"], int, f"'epochs' of {what}") < 0 or run["stopped"] not in STOPPED:
        raise Unreadable(f"{what} ended in no way that training knows")
    for name in ("weights", "history"):
        sha(run[name], f"{name!r} of {what}")


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
