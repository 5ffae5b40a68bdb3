"""reports/index.html: all reports that are built. It is made again whenever one of them is, or is gone."""

import io
from pathlib import Path

from filelock import FileLock

from ..project.project import MACHINERY, Project
from .build import COMBINED, EXECUTED, ORDER
from .freshness import RECORD, Inputs, Record, hashes_below, sha256

INDEX = "index.html"


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
    from pypdf import PdfReader

    from ..page.html.index import BuiltLab, index_page

    labs = []
    for lab in report_folders(folder):
        pdf = PdfReader(io.BytesIO((lab / f"{COMBINED}.pdf").read_bytes()))
        html = (lab / f"{COMBINED}.html").read_text(encoding="utf-8")
        labs.append(BuiltLab(lab.name, html, len(pdf.pages), files_of(Record(lab))))
    return index_page(labs).encode()


def files_of(record: Record) -> dict[str, list[str]]:
    """The files of each notebook, in the order of the report."""
    inputs = record.steps.get(COMBINED, {}).get("inputs", {})
    names = [key.removesuffix(EXECUTED) for key in inputs if key.endswith(EXECUTED)]
    names.sort(key=inputs.get(ORDER, "").find)
    steps = {name: [record.steps.get(f"{step} {name}", {}) for step in ("pages", "run")] for name in names}
    return {name: [file for step in found for file in sorted(step.get("outputs", ()))] for name, found in steps.items()}
