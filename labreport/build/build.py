"""Build a lab: run the notebooks that changed, convert them, and write the report of all of them."""

import io
import tempfile
import time
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from labkit.errors import LabError
from labkit.experiments.progress import StudyProgress
from labkit.files import PART, write_atomic

from ..project.fetched import missing_text
from ..project.labs import LabNotebook
from ..project.places import at
from ..project.project import Project
from ..project.texts import listed
from ..project.variables import CORES, PRODUCTS
from ..run.guard import Guard
from ..run.products import Products
from .freshness import Inputs, Record, execution_inputs, rendering_inputs
from .lock import lab_lock
from .pages import Pages, Ran, write_pages
from .request import Request, missing_data, resolve_parameters
from .terminal import Terminal
from .watch import watched_kernel

COMBINED = "report"
ORDER = "order of the notebooks"  # among the inputs of a report


@dataclass
class Outcome:
    """What a build did: files by name, studies that the kernels reported, errors by notebook.

    `doubts` are what an author should look at in all that is up to date now, a sentence each: what does not hold in
    this run, or is named nowhere.
    """

    files: list[Path] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    studies: list[StudyProgress] = field(default_factory=list)
    errors: dict[str, LabError] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.files += other.files
        self.built += other.built
        self.executed += other.executed
        self.studies += other.studies
        self.errors |= other.errors


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


def build_lab(project: Project, request: Request, terminal: Terminal) -> Outcome:
    """Bring a lab's report folder up to date. A notebook that fails is noted, and the others are built.

    Raise LabError, before any kernel starts, if the request or the lab's files must be mended, if data are missing, or
    if another build of the lab is at work.
    """
    values = resolve_parameters(request)
    if needs := missing_data(request):
        raise LabError(missing_text(request.lab.name, needs))
    with lab_lock(project, request.lab.name, terminal.line):
        build = Builder(project, request, terminal)
        for part in build.folder.rglob(f".*{PART}"):  # what a killed build was writing
            part.unlink(missing_ok=True)
        build.build_all([build.plan(notebook, values[notebook.name]) for notebook in request.chosen()])
        if not build.outcome.errors:
            try:
                build.combined(request.lab.notebooks)
            except LabError as error:
                build.outcome.errors[COMBINED] = error
        build.outcome.doubts = build.record.doubts([*(f"pages {name}" for name in values), COMBINED])
    return build.outcome


def explain(project: Project, request: Request) -> dict[str, list[str]]:
    """What a build would do, and every reason for it, by notebook and for the report; nothing is built."""
    values = resolve_parameters(request)
    build = Builder(project, request, Terminal(io.StringIO()))
    jobs = [build.plan(notebook, values[notebook.name]) for notebook in request.chosen()]
    told = {job.name: job.why_run or job.why_write for job in jobs}
    changed = [f"{job.name} is to be {'run' if job.why_run else 'written'}" for job in jobs if told[job.name]]
    return told | {COMBINED: changed or build.why_combined(request.lab.notebooks)[1]}


class Builder:
    """One run of the build over one report folder."""

    def __init__(self, project: Project, request: Request, terminal: Terminal) -> None:
        self.project = project
        self.folder = project.reports(request.lab.name)
        self.record = Record(self.folder)
        self.meta = request.meta()
        self.limits = request.lab.limits
        self.n_notebooks = len(request.lab.notebooks)
        self.terminal = terminal
        self.outcome = Outcome()
        self.guards: list[Guard] = []

    def plan(self, notebook: LabNotebook, values: Mapping[str, Any]) -> Job:
        """What must be done for a notebook, and why."""
        inputs = execution_inputs(self.project, notebook, values)
        why_run = self.record.why(f"run {notebook.name}", inputs)
        why_write = []
        if not why_run:
            pages = rendering_inputs(self.project, self.meta, self.stored(notebook).inputs())
            why_write = self.record.why(f"pages {notebook.name}", pages)
        return Job(notebook, values, inputs, why_run, why_write)

    def build_all(self, jobs: Sequence[Job]) -> None:
        """Do what is to be done for the notebooks, side by side as there are cores."""
        todo = [job for job in jobs if job.why_run or job.why_write]
        outcomes = {job.name: Outcome(files=self.page_paths(job.name)) for job in jobs}
        self.terminal.order(job.name for job in todo)

        def do(job: Job, cores: Path) -> None:
            with self.terminal.speaking(job.name):
                self.build_one(job, outcomes[job.name], cores)
            self.terminal.finished(job.name)

        if todo:
            # These take longer to import than a build with nothing to do may take in all. They are imported here, by
            # one thread: of modules that load others by name, as those of pygments, a second thread may see a half.
            for name in ("run.execute", "page.html.render", "page.pdf.render"):
                import_module(f"labreport.{name}")
            from .workers import work_off

            work_off(todo, do, self.stop)
        for outcome in outcomes.values():
            self.outcome.add(outcome)

    def stop(self) -> None:
        for guard in self.guards:
            guard.end("stopped by hand")

    def build_one(self, job: Job, outcome: Outcome, cores: Path) -> None:
        """Run and convert one notebook, or note why it failed."""
        began = time.monotonic()
        try:
            with at(job.name, "the notebook cannot be built"):
                self.make(job, outcome, cores)
        except LabError as error:
            outcome.errors[job.name] = error
        else:
            outcome.built.append(job.name)
            self.terminal.line(f"{job.name}: done in {time.monotonic() - began:.1f} s")
            return
        self.terminal.line(f"{job.name}: failed")

    def make(self, job: Job, outcome: Outcome, cores: Path) -> None:
        """The files of one notebook. They are replaced only when all of them are made."""
        name = job.name
        if job.why_run:
            executed, extras = self.run(job, outcome, cores)
            ran = Ran(job.notebook, executed, extras.get(runs_file(name), b""))
        else:
            self.terminal.line(f"{name}: writing ({listed(job.why_write, 2)})")
            ran, extras = self.stored(job.notebook), {}
        try:
            pages = self.write(name, [ran])
        except LabError as error:
            raise LabError(f"{error}\n{self.keep_failed(name, ran.executed)}") from error
        if job.why_run:
            self.record.done(f"run {name}", job.inputs, {executed_file(name): ran.executed} | extras)
            (self.folder / "failed" / f"{name}.ipynb").unlink(missing_ok=True)
        inputs = rendering_inputs(self.project, self.meta, ran.inputs())
        self.record.done(f"pages {name}", inputs, pages.files, pages.doubts)

    def combined(self, notebooks: Sequence[LabNotebook]) -> None:
        """The report of all notebooks, if each of them has been run; else it stays as it is."""
        names = [notebook.name for notebook in notebooks]
        if missing := [name for name in names if not (self.folder / executed_file(name)).exists()]:
            self.terminal.line(f"{COMBINED}: not written, as these were never run: {', '.join(missing)}")
            return
        inputs, reasons = self.why_combined(notebooks)
        if reasons:
            pages = self.write(COMBINED, [self.stored(notebook) for notebook in notebooks])
            self.record.done(COMBINED, inputs, pages.files, pages.doubts)
            self.outcome.built.append(COMBINED)
        self.outcome.files += self.page_paths(COMBINED)

    def why_combined(self, notebooks: Sequence[LabNotebook]) -> tuple[Inputs, list[str]]:
        """What the report of all notebooks is made from, and why it must be made again."""
        made = [self.stored(notebook).inputs() for notebook in notebooks]
        inputs = rendering_inputs(self.project, self.meta, dict(ChainMap(*made)))
        inputs[ORDER] = " ".join(notebook.name for notebook in notebooks)
        inputs |= {f"part of {notebook.name}": notebook.part for notebook in notebooks if notebook.part}
        return inputs, self.record.why(COMBINED, inputs)

    def run(self, job: Job, outcome: Outcome, cores: Path) -> tuple[bytes, dict[str, bytes]]:
        """The executed notebook, and the other files that it made for the report folder."""
        name, notebook = job.name, job.notebook
        self.terminal.line(f"{name}: running ({listed(job.why_run, 2)})")
        from ..run.execute import NotebookError, NotebookSource, run_notebook, to_bytes

        self.guards.append(guard := Guard(self.limits))
        source = NotebookSource(name, notebook.path, notebook.content, job.values)
        with tempfile.TemporaryDirectory(prefix="labkit") as temporary:
            products = Products(Path(temporary))
            with watched_kernel(self.terminal, name, products.progress) as watched:
                try:
                    env = {PRODUCTS: str(products.folder), CORES: str(cores)}
                    executed = to_bytes(run_notebook(source, env, guard, watched.on_cell))
                except NotebookError as error:
                    raise LabError(f"{error}\n{self.keep_failed(name, to_bytes(error.partial))}") from None
            extras = products.files(name)
            if seconds := products.times():
                write_atomic(self.folder / "seconds" / f"{name}.csv", seconds)
        outcome.executed.append(name)
        outcome.studies += watched.progress.studies.values()
        return executed, extras

    def write(self, name: str, made: Sequence[Ran]) -> Pages:
        self.terminal.status(f"{name}: writing HTML and PDF")
        with at(name, "the pages cannot be written"):
            return write_pages(self.project, self.meta, name, made, alone=name != COMBINED and self.n_notebooks > 1)

    def stored(self, notebook: LabNotebook) -> Ran:
        """What the last run of a notebook left."""
        runs = self.folder / runs_file(notebook.name)
        executed = (self.folder / executed_file(notebook.name)).read_bytes()
        return Ran(notebook, executed, runs.read_bytes() if runs.exists() else b"")

    def keep_failed(self, name: str, executed: bytes) -> str:
        path = self.folder / "failed" / f"{name}.ipynb"
        write_atomic(path, executed)
        return f"  the notebook as far as it ran: {self.project.short(path)}"

    def page_paths(self, name: str) -> list[Path]:
        return [self.folder / f"{name}.html", self.folder / f"{name}.pdf"]


def executed_file(name: str) -> str:
    return f"notebooks/{name}.ipynb"


def runs_file(name: str) -> str:
    return f"runs/{name}.jsonl"
