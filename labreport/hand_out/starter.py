"""The project as students get it, always made from the delivered one: answers emptied, solutions taken out of the code.

Nothing of what was built is in it, no history, and no test: these would give solutions away.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ..project.exercises import NO_WORDS, has_solution, without_solutions
from ..project.notebook_file import load_notebook
from ..project.project import Project, files_below
from ..project.texts import joined

HANDED_OUT = (
    *("README.md", "Makefile", "requirements.txt", "pyproject.toml", ".gitignore", "reports/README.md"),
    *("notebooks", "labkit", "labreport", "docs"),
)
LINE_OF_LAB = re.compile(rb"^LAB \?= .*$", re.MULTILINE)  # in the Makefile


@dataclass(frozen=True)
class Starter:
    """The files by their place in the project, and how many answers and exercises students will find in them."""

    files: dict[str, bytes]
    counts: Counter[str]


def make_starter(project: Project, lab: str) -> Starter:
    """The starter whose `make report` builds this lab. Raise LabError for marks that do not go together."""
    files, counts = {}, Counter()
    for path in handed_out(project):
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            notebook = load_notebook(path, project.short(path))
            counts += empty(notebook, path.stem)
            content = (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
        elif path == project.root / "Makefile":
            content = LINE_OF_LAB.sub(f"LAB ?= {lab}".encode(), content)
        files[project.short(path)] = content
    return Starter(files, counts)


def handed_out(project: Project) -> Iterator[Path]:
    for name in HANDED_OUT:
        path = project.root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from files_below(path)


def empty(notebook: dict[str, Any], name: str) -> Counter[str]:
    """Take solutions and answers out of a notebook, and outputs; count them."""
    counts = Counter()
    for number, cell in enumerate(notebook["cells"], 1):
        source = joined(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            if has_solution(source):
                counts["exercises"] += 1
            source = without_solutions(source, f"{name}, cell {number}")
        elif "answer" in cell["metadata"].get("tags", []):
            counts["answers"] += 1
            source = NO_WORDS
        cell["source"] = source.splitlines(keepends=True)
    return counts


def in_folder(starter: Starter, folder: Path) -> dict[Path, bytes]:
    """The files by path, in a folder that must be empty, since nothing of a student's or teacher's is overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LabError(f"{folder} must be a new or an empty folder")
    return {folder / name: content for name, content in starter.files.items()}
