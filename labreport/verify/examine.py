"""The child process that reads a bundle: `python -m labreport.verify.examine STEP ARCHIVE FOLDER`.

It has little time and memory, writes only below FOLDER, and leaves what it found as plain data in FOLDER/STEP.json.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ..hand_in.bundle import EXECUTED, MANIFEST, PAGES, RUNS, SOURCE, TABLES
from ..project.parameter_table import INJECTED
from ..project.texts import joined, listed
from .checks import conversion, integrity
from .reading import contents
from .reading.archive import WrongFile, check_is_bundle, unpack
from .reading.cells import read_cells
from .reading.findings import FAILED, LOOK, Finding
from .reading.strict import Unreadable

MEMORY = 2 * 1024**3  # bytes; a lab of seven chapters takes 0.5
SECONDS = 150
UNPACKED = "bundle"
# What is written of a report for a person to open, and what stands before the HTML, so that it loads and runs nothing.
REPORTS = {"report.html": "handed_in.html", "report.pdf": "report.pdf"}
INERT = b"""<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; \
style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
"""
RUN_LEAVES = {"kernelspec", "language_info"}  # in the metadata of a notebook; a title there would be printed


def read_step(archive: Path, folder: Path) -> dict[str, Any]:
    """Unpack a bundle and read everything in it: findings, manifest, hashes, notebooks, tables."""
    found: list[Finding] = []
    result: dict[str, Any] = {"manifest": None, "entries": {}, "notebooks": [], "tables": {}, "pages": []}
    unpacked = folder / UNPACKED
    try:
        result["entries"] = unpack(archive, unpacked)
        check_is_bundle(result["entries"])
        result["manifest"] = manifest = contents.read_manifest(contents.content(unpacked, MANIFEST, 5_000_000))
    except Unreadable as error:
        found.append(Finding(LOOK if isinstance(error, WrongFile) else FAILED, "archive", str(error)))
    else:
        found += integrity.check_files(manifest, result["entries"])
        for notebook in manifest["notebooks"]:
            result["notebooks"].append(read_parts(unpacked, notebook["name"], notebook["key"], found))
        pages = attempt(lambda: contents.read_table(contents.content(unpacked, PAGES, 1_000_000), PAGES), [])
        result["pages"] = [row for row in (pages or [])[1:] if len(row) == 3]
        for name in sorted(result["entries"]):
            if name.startswith(TABLES):
                result["tables"][name] = attempt(
                    lambda n=name: contents.read_table(contents.content(unpacked, n), n), found
                )
    return result | {"findings": [vars(finding) for finding in found]}


def read_parts(folder: Path, name: str, key: str, found: list[Finding]) -> dict[str, Any]:
    """One notebook as plain data: its cells as run, its parameters and its runs. None stands for what is unreadable."""
    executed, source = (
        attempt(lambda n=entry: contents.read_notebook(contents.content(folder, n), n), found)
        for entry in (f"{EXECUTED}{name}.ipynb", f"{SOURCE}{key}.ipynb")
    )
    runs = f"{RUNS}{name}.jsonl"
    recorded = []
    if (folder / runs).exists():
        recorded = attempt(lambda: contents.read_runs(contents.content(folder, runs), runs), found)
    if executed and source and unchanged_by_run(executed) != unchanged_by_run(source):
        found.append(Finding(FAILED, "report", f"{name}: the executed notebook is not a run of the edited one"))
    if executed and (more := sorted(set(executed.get("metadata", {})) - RUN_LEAVES)):
        found.append(Finding(FAILED, "report", f"{name}: it says what no run leaves: {listed(more)}"))
    return {
        "name": name,
        "key": key,
        "cells": attempt(lambda: [cell.as_dict() for cell in read_cells(executed)], found) if executed else None,
        "parameters": attempt(lambda: contents.read_parameters(executed, name), found) if executed else None,
        "runs": recorded,
    }


def unchanged_by_run(notebook: dict[str, Any]) -> list[tuple]:
    """What a run of a notebook does not change: its cells without outputs, and without the cell that a run adds."""
    return [
        (cell["id"], cell["cell_type"], joined(cell["source"]), sorted(cell["metadata"].get("tags", [])))
        for cell in notebook["cells"]
        if INJECTED not in cell["metadata"].get("tags", [])
    ]


def attempt(reading: Callable[[], Any], found: list[Finding], step: str = "archive") -> Any:
    """What `reading` returns, or None and a finding."""
    try:
        return reading()
    except LabError as error:
        found.append(Finding(FAILED, step, str(error)))
    except Exception as error:  # a parser that meets what nobody thought of must not hide the other findings
        found.append(Finding(LOOK, step, f"a part cannot be read: {type(error).__name__}: {str(error)[:100]}"))
    return None


def convert_step(archive: Path, folder: Path) -> dict[str, Any]:
    """Compare the report with what the notebooks give; `read` has unpacked the bundle, and checked its types."""
    found: list[Finding] = []
    unpacked = folder / UNPACKED
    manifest = contents.read_manifest(contents.content(unpacked, MANIFEST))
    found += attempt(lambda: list(conversion.compare_report(unpacked, manifest)), found, "report") or []
    return {"findings": [vars(finding) for finding in found]}


def reports_step(archive: Path, folder: Path) -> dict[str, Any]:
    """Write what a person may open of the report: the HTML without what acts in it, the PDF if it is one."""
    unpacked = folder / UNPACKED
    unpack(archive, unpacked)
    files = []
    for name, written in REPORTS.items():
        with suppress(Unreadable):
            report = contents.content(unpacked, name)
            if name.endswith(".pdf") and not report.startswith(b"%PDF-"):
                continue
            Path(folder, written).write_bytes(report if name.endswith(".pdf") else INERT + report)
            files.append(written)
    return {"files": files}


def limit() -> None:
    """Ask the system for limits of memory, time and file size, where it has them."""
    with suppress(ImportError):
        import resource

        limits = {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": SECONDS, "RLIMIT_FSIZE": 500_000_000, "RLIMIT_CORE": 0}
        for name, value in limits.items():
            with suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, name), (value, value))


def confine(folder: Path) -> None:
    """Refuse to write anywhere but below `folder`, to open pictures elsewhere, and to connect to anything.

    No code of a bundle runs; this is for what a file may ask of a converter, as a picture at ../../secret.png.
    """
    root = os.path.realpath(folder)
    pictures = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp")

    def outside(path: Any) -> bool:
        name = os.path.realpath(os.fsdecode(path))
        return name != os.devnull and not name.startswith(root + os.sep)

    def hook(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, _, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if (writes or os.fsdecode(path).lower().endswith(pictures)) and outside(path):
                raise PermissionError(f"outside the folder of the bundle: {os.fsdecode(path)}")
        elif event == "socket.connect":
            raise PermissionError("a bundle needs no network")

    sys.addaudithook(hook)


STEPS = {"read": read_step, "convert": convert_step, "reports": reports_step}


def main(step: str, archive: str, folder: str) -> None:
    limit()
    confine(Path(folder))
    result = STEPS[step](Path(archive), Path(folder))
    Path(folder, f"{step}.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
