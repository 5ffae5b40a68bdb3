"""reports/index.html: all reports that are built. It is made again whenever one of them is, or is gone."""

import re
from pathlib import Path
from typing import Any

from filelock import FileLock

from ..project.project import MACHINERY, Project
from .due import COMBINED, ORDER
from .freshness import RECORD, Inputs, Record, hashes_below, sha256
from .pages import EXECUTED

INDEX = "index.html"
PAGES = re.compile(rb"/Type/Pages/Count (\d+)")  # in each node of the tree of pages; that of the root is the largest


def write_index(project: Project) -> Path:
    """Bring the page up to date. Raise LabError where it cannot be written."""
    folder = project.root / "reports"
    locks = project.root / ".cache" / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / "index.lock"):  # builds of two labs may end at the same time
        record, inputs = Record(folder), index_inputs(folder)
        if record.why(INDEX, inputs):
            record.done(INDEX, inputs, {INDEX: page(folder)})
    return folder / INDEX


def report_folders(folder: Path) -> list[Path]:
    return sorted(
        path.parent for path in folder.glob(f"*/{COMBINED}.html") if (path.parent / f"{COMBINED}.pdf").exists()
    )


def index_inputs(folder: Path) -> Inputs:
    """All that can change the page: what the last build of each lab noted, and what makes the page."""
    inputs = {}
    for lab in report_folders(folder):
        note = lab / RECORD
        inputs[f"{lab.name}/{RECORD}"] = sha256(note.read_bytes()) if note.exists() else "missing"
    return inputs | hashes_below([MACHINERY / "page", MACHINERY / "project"])


def page(folder: Path) -> bytes:
    from ..page.html.index import BuiltLab, index_page  # which take longer to import than a build with nothing to do

    return index_page([BuiltLab(**told_of(lab)) for lab in report_folders(folder)]).encode()


def told_of(folder: Path) -> dict[str, Any]:
    """What is told of a report; only the files that the last build noted are named."""
    steps = Record(folder).steps
    inputs = steps.get(COMBINED, {}).get("inputs", {})
    names = [key.removesuffix(EXECUTED) for key in inputs if key.endswith(EXECUTED)]
    names.sort(key=inputs.get(ORDER, "").find)
    made = {name: [steps.get(f"{step} {name}", {}).get("outputs", {}) for step in ("pages", "run")] for name in names}
    return {
        "folder": folder.name,
        "report": (folder / f"{COMBINED}.html").read_text(encoding="utf-8", errors="replace"),
        "n_pages": max(map(int, PAGES.findall((folder / f"{COMBINED}.pdf").read_bytes())), default=0),
        "command": inputs.get("command", ""),
        "files": {name: [file for outputs in found for file in sorted(outputs)] for name, found in made.items()},
    }
