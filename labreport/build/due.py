"""What a build has to do for each notebook of a lab and for its report, and why: nothing is built here."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..project.labs import LabNotebook
from ..project.project import Project
from ..run.executed import renewed
from ..run.traced import content_hash
from .freshness import CONVERTING, EXECUTING, Inputs, Record, execution_inputs, hashes_below, rendering_inputs
from .pages import EXECUTED, Ran
from .request import Request
from .written import Beside

COMBINED = "report"
ORDER = "order of the notebooks"  # among the inputs of a report


@dataclass(frozen=True)
class Job:
    """One notebook of a build: `why_run` and `why_write` say why it is run, and why only its pages are made again."""

    notebook: LabNotebook
    values: Mapping[str, Any]
    inputs: Inputs
    why_run: list[str]
    why_write: list[str]

    @property
    def name(self) -> str:
        return self.notebook.name


class Due:
    """What lies in the report folder of a lab, held against what its notebooks are now."""

    def __init__(self, project: Project, request: Request) -> None:
        self.project = project
        self.folder = project.reports(request.lab.name)
        self.notebooks = request.lab.notebooks
        self.pages = request.pages and not request.in_class
        self.meta = request.meta()
        self.record = Record(self.folder)
        self.report_folder = request.report_folder(project)
        self.report_record = Record(self.report_folder) if request.in_class else self.record
        self.beside = Beside(project)
        self.executing, self.converting = hashes_below(EXECUTING), hashes_below(CONVERTING)
        self.renewed: dict[str, tuple[bytes, bytes | None]] = {}  # by notebook: what it left, and that with its texts

    def job(self, notebook: LabNotebook, values: Mapping[str, Any]) -> Job:
        """What must be done for a notebook, and why."""
        step = f"run {notebook.name}"
        inputs = execution_inputs(self.project, notebook, values, self.executing | self.beside.given())
        why_run = self.record.why(step, inputs | self.now(self.record.read(step)), self.beside.written)
        if not why_run and self.with_its_texts(notebook) is None:
            why_run = ["the notebook changed"]
        why_write = [] if why_run else self.why_pages(notebook)
        return Job(notebook, values, inputs, why_run, why_write)

    def why_pages(self, notebook: LabNotebook) -> list[str]:
        """Why the pages of a notebook that need not be run must be written again."""
        if not self.pages:
            return []
        step = f"pages {notebook.name}"
        pages = self.rendering(self.stored(notebook).inputs())
        reasons = self.record.why(step, pages | self.now(self.record.read(step)))
        edited = f"{notebook.name}{EXECUTED} changed"  # though it was not run
        return ["its text changed" if reason == edited else reason for reason in reasons]

    def rendering(self, made: Mapping[str, bytes]) -> Inputs:
        """What pages of this lab are made from, beside their pictures."""
        return rendering_inputs(self.project, self.meta, made, self.converting)

    def now(self, files: Iterable[str]) -> Inputs:
        """The hashes that files of the project have now."""
        return {file: content_hash(self.project.root / file) for file in files}

    def report(self) -> tuple[Inputs, list[str]]:
        """What the report of all notebooks is made from, and why it must be made again."""
        made = [self.stored(notebook).inputs() for notebook in self.notebooks]
        inputs = self.rendering(dict(ChainMap(*made)))
        inputs[ORDER] = " ".join(notebook.name for notebook in self.notebooks)
        inputs |= {f"part of {notebook.name}": notebook.part for notebook in self.notebooks if notebook.part}
        return inputs, self.report_record.why(COMBINED, inputs | self.now(self.report_record.read(COMBINED)))

    def stored(self, notebook: LabNotebook) -> Ran:
        """What the last run of a notebook left."""
        runs = self.folder / runs_file(notebook.name)
        executed = self.with_its_texts(notebook) or (self.folder / executed_file(notebook.name)).read_bytes()
        return Ran(notebook, executed, runs.read_bytes() if runs.exists() else b"")

    def with_its_texts(self, notebook: LabNotebook) -> bytes | None:
        """What the last run of a notebook left, with the texts that it has now; None if its code is another."""
        inputs = self.record.steps.get(f"run {notebook.name}", {}).get("inputs", {})
        given = any(key.startswith("parameter ") for key in inputs)
        try:
            executed = (self.folder / executed_file(notebook.name)).read_bytes()
            if self.renewed.get(notebook.name, (b"",))[0] != executed:
                self.renewed[notebook.name] = executed, renewed(executed, notebook.content, given)
            return self.renewed[notebook.name][1]
        except (OSError, ValueError, KeyError):
            return None  # missing or damaged


def executed_file(name: str) -> str:
    return f"notebooks/{name}.ipynb"


def runs_file(name: str) -> str:
    return f"runs/{name}.jsonl"
