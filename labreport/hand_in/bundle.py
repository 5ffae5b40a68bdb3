"""The zip that is handed in: what lies in it under which name, its MANIFEST.json, and how it is packed.

    MANIFEST.json            who, which lab, and the SHA-256 of every other file
    report.html, report.pdf  pages.csv says on which page of the PDF each section begins
    source/                  the notebooks as edited, the lab file, and what lies beside the notebooks
    executed/                the notebooks as they ran
    tables/  runs/           the numbers of each table; a line for each run, with its configuration
    submission.csv           where a notebook writes one

The same files give the same bytes: entries are sorted, dates and modes fixed, and no path or time is written.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labkit.errors import LabError
from labkit.experiments.cache import engine_version
from labkit.experiments.platforms import machine

from ..build.freshness import Record, sha256
from ..page.document import ReportMeta
from ..project.labs import Lab
from ..project.project import Project
from . import origin

FORMAT = 1
MANIFEST = "MANIFEST.json"
REPORT = ("report.html", "report.pdf")
PAGES = "pages.csv"
SUBMISSION = "submission.csv"
SOURCE, EXECUTED, TABLES, RUNS = "source/", "executed/", "tables/", "runs/"
RUN_KEYS = ("config", "results", "epochs", "stopped", "weights", "history")  # of a line of runs/*.jsonl
MANIFEST_KEYS = (
    *("format", "lab", "title", "author", "student_id", "report", "notebooks", "files"),
    *("versions", "engine", "library", "platform", "data", "commit", "n_runs"),
)
MAX_ZIP = 20_000_000  # bytes: what a course's upload form takes
MAX_CONTENT = 200_000_000  # bytes of all files together, before they are packed
DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
MODE = 0o100644 << 16  # a plain file that its owner may write
LEVEL = 9  # of deflate


def built_files(lab: Lab, record: Record, report: Path) -> dict[str, Path]:
    """The built files that go into the bundle, by entry: those in the folder of the report, and of what the last build
    noted of the notebooks."""
    files = {name: report / name for name in REPORT}
    for notebook in lab.notebooks:
        for name in record.steps.get(f"run {notebook.name}", {}).get("outputs", {}):
            if name == SUBMISSION or name.startswith((TABLES, RUNS)):
                files[name] = record.folder / name
            elif name.startswith("notebooks/"):
                files[EXECUTED + name.removeprefix("notebooks/")] = record.folder / name
    return files


def source_files(project: Project, lab: Lab) -> dict[str, Path]:
    """What the report was made from, by entry: its notebooks, the lab file, and all else beside the notebooks."""
    paths = [notebook.path for notebook in lab.notebooks] + [project.labs / f"{lab.name}.toml"] + project.beside()
    return {SOURCE + path.relative_to(project.notebooks).as_posix(): path for path in sorted(paths)}


def manifest(
    project: Project, lab: Lab, meta: Mapping[str, str], files: Mapping[str, bytes], runs: Iterable[dict]
) -> bytes:
    """MANIFEST.json of the other `files` by entry; `runs` are the lines of all runs/*.jsonl."""
    runs = list(runs)
    facts: dict[str, Any] = {
        "format": FORMAT,
        "lab": lab.name,
        "title": meta["title"],
        "author": meta["author"],
        "student_id": meta["student_id"],
        "report": asdict(ReportMeta(**meta)),
        "notebooks": [{"name": book.name, "key": book.key, "part": book.part} for book in lab.notebooks],
        "files": {name: sha256(content) for name, content in files.items()},
        "versions": origin.versions(),
        "engine": engine_version(),
        "library": origin.library(),
        "platform": machine(),
        "data": origin.data_hashes(run["config"]["dataset"] for run in runs),
        "commit": origin.commit(project.root),
        "n_runs": len(runs),
    }
    return (json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """The zip of files by entry."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 3  # Unix: on Windows the same bytes
            entry.external_attr = MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], compresslevel=LEVEL)
    return content.getvalue()


def runs_of(content: bytes, where: str) -> list[dict]:
    """The lines of a runs/*.jsonl. Raise LabError with the line that is none."""
    runs = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            run = json.loads(line)
            if sorted(run) != sorted(RUN_KEYS) or not isinstance(run["config"], dict):
                raise ValueError("not a run")
        except (ValueError, TypeError):
            raise LabError(f"{where}, line {number}, is not a run with {', '.join(RUN_KEYS)}") from None
        runs.append(run)
    return runs
