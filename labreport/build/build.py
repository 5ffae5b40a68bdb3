"""Build a lab: run the notebooks that changed, convert them, and write the report of all of them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from labkit.errors import LabError
from labkit.experiments.progress import StudyProgress
from labkit.files import PART, write_atomic

from ..page.document import Chapter
from ..project.fetched import missing_text
from ..project.places import at
from ..project.project import Project
from ..project.temporary import remove_what_was_left, temporary_folder
from ..project.texts import listed
from ..project.variables import CORES, PRODUCTS, TRACED
from ..run.executed import to_bytes
from ..run.guard import Guard
from ..run.products import Products
from ..run.traced import read_trace
from .conversions import Conversions
from .due import COMBINED, Due, Job, executed_file, runs_file
from .lock import lab_lock
from .open_files import check_open_files
from .pages import Pages, Ran, write_pages
from .request import Request, missing_data, resolve_parameters
from .terminal import Terminal
from .watch import watched_kernel
from .written import Exchange

STOPPED = "stopped by hand"


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


def build_lab(project: Project, request: Request, terminal: Terminal) -> Outcome:
    """Bring a lab's report folder up to date. A notebook that fails is noted, and the others are built.

    Raise LabError, before any kernel starts, if the request or the lab's files must be mended, if data are missing, or
    if another build of the lab is at work.
    """
    values = resolve_parameters(request)
    if needs := missing_data(request):
        raise LabError(missing_text(request.lab.name, needs))
    check_open_files()
    remove_what_was_left()
    with lab_lock(project, request.lab.name, terminal.line):
        build = Builder(project, request, terminal)
        for part in build.folder.rglob(f".*{PART}"):  # what a killed build was writing
            part.unlink(missing_ok=True)
        build.build_all([build.due.job(notebook, values[notebook.name]) for notebook in request.chosen()])
        if request.pages and not build.outcome.errors:
            try:
                build.combined()
            except LabError as error:
                build.outcome.errors[COMBINED] = error
        build.conversions.keep()
        build.outcome.doubts = build.record.doubts([*(f"pages {name}" for name in values), COMBINED])
    return build.outcome


def explain(project: Project, request: Request) -> dict[str, list[str]]:
    """What a build would do, and every reason for it, by notebook and for the report; nothing is built."""
    values = resolve_parameters(request)
    due = Due(project, request)
    jobs = [due.job(notebook, values[notebook.name]) for notebook in request.chosen()]
    told = {job.name: job.why_run or job.why_write for job in jobs}
    changed = [f"{job.name} is to be {'run' if job.why_run else 'written'}" for job in jobs if told[job.name]]
    return told | {COMBINED: changed or due.report()[1]}


class Builder:
    """One run of the build over one report folder."""

    def __init__(self, project: Project, request: Request, terminal: Terminal) -> None:
        self.project = project
        self.due = Due(project, request)
        self.conversions = Conversions(project, request.lab.name)
        self.folder, self.record = self.due.folder, self.due.record
        self.limits = request.lab.limits
        self.names = [notebook.name for notebook in request.lab.notebooks]
        self.terminal = terminal
        self.outcome = Outcome()
        self.guards: list[Guard] = []
        self.stopped = False
        self.exchange = Exchange(project, self.names, lambda name: self.record.read(f"run {name}"))

    def build_all(self, jobs: Sequence[Job]) -> None:
        """Do what is to be done for the notebooks, side by side as there are cores.

        Those that read a file too early, before another in front of them wrote it, are run again.
        """
        outcomes = {job.name: Outcome(files=page_paths(self.folder, job.name)) for job in jobs}

        def do(job: Job, cores: Path) -> None:
            with self.terminal.speaking(job.name):
                self.build_one(job, outcomes[job.name], cores)
            self.terminal.finished(job.name)

        todo = [job for job in jobs if job.why_run or job.why_write]
        if todo:
            # These take longer to import than a build with nothing to do may take in all. They are imported here, by
            # one thread: of modules that load others by name, as those of pygments, a second thread may see a half.
            runs = ["run.execute"] if any(job.why_run for job in todo) else []
            writes = ["page.html.render", "page.pdf.render"] if self.due.pages else []
            for name in [*runs, *writes]:
                import_module(f"labreport.{name}")
            from .workers import work_off
        while todo:
            self.terminal.order(job.name for job in todo)
            work_off(todo, do, self.stop)
            todo = self.left_to_do(jobs, {job.name for job in todo if job.why_run}, outcomes)
        for outcome in outcomes.values():
            self.outcome.add(outcome)

    def left_to_do(self, jobs: Sequence[Job], ran: set[str], outcomes: Mapping[str, Outcome]) -> list[Job]:
        """What the notebooks that just `ran` make necessary: runs of others, and pages that show their pictures."""
        too_early = self.exchange.too_early(ran)
        left = []
        for job in jobs:
            step = f"run {job.name}"
            if job.name in too_early:
                outcomes[job.name].errors.clear()
                left.append(replace(job, why_run=[too_early[job.name]]))
            elif step in self.record.steps and not outcomes[job.name].errors:
                self.record.renew(step, {}, self.exchange.own(job.name))
                if why := self.due.why_pages(job.notebook):
                    left.append(replace(job, why_run=[], why_write=why))
        return left

    def stop(self) -> None:
        self.stopped = True
        for guard in self.guards:
            guard.end(STOPPED)

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
        ran, extras = self.ran(job, outcome, cores)
        if not self.due.pages:
            self.keep(job, ran, extras)
            return
        try:
            pages = self.write(job.name, [ran])
        except LabError as error:
            raise LabError(f"{error}\n{self.keep_failed(job.name, ran.executed)}") from error
        self.keep(job, ran, extras)
        inputs = self.due.rendering(ran.inputs()) | self.due.now(pages.pictures)
        self.record.done(f"pages {job.name}", inputs, pages.files, pages.pictures, pages.doubts)

    def ran(self, job: Job, outcome: Outcome, cores: Path) -> tuple[Ran, dict[str, bytes]]:
        """What pages are made of, and the other files of a run, where it has to be run."""
        if not job.why_run:
            self.terminal.line(f"{job.name}: writing ({listed(job.why_write, 2)})")
            return self.due.stored(job.notebook), {}
        executed, extras = self.run(job, outcome, cores)
        return Ran(job.notebook, executed, extras.get(runs_file(job.name), b"")), extras

    def keep(self, job: Job, ran: Ran, extras: Mapping[str, bytes]) -> None:
        """Write what a run left, or the texts of a notebook that was not run again."""
        step, executed = f"run {job.name}", {executed_file(job.name): ran.executed}
        if not job.why_run:
            self.record.renew(step, executed, {})
            return
        given = {key: value for key, value in job.inputs.items() if key not in self.due.beside.written}
        read = self.exchange.own(job.name)
        self.record.done(step, given | read, executed | extras, read)
        (self.folder / "failed" / f"{job.name}.ipynb").unlink(missing_ok=True)

    def combined(self) -> None:
        """The report of all notebooks, if each of them has been run; else it stays as it is."""
        if missing := [name for name in self.names if not (self.folder / executed_file(name)).exists()]:
            self.terminal.line(f"{COMBINED}: not written, as these were never run: {', '.join(missing)}")
            return
        inputs, reasons = self.due.report()
        if reasons:
            pages = self.write(COMBINED, [self.due.stored(notebook) for notebook in self.due.notebooks])
            shown = self.due.now(pages.pictures)
            self.due.report_record.done(COMBINED, inputs | shown, pages.files, shown, pages.doubts)
            self.outcome.built.append(COMBINED)
        self.outcome.files += page_paths(self.due.report_folder, COMBINED)

    def run(self, job: Job, outcome: Outcome, cores: Path) -> tuple[bytes, dict[str, bytes]]:
        """The executed notebook, and the other files that it made for the report folder."""
        name, notebook = job.name, job.notebook
        self.terminal.line(f"{name}: running ({listed(job.why_run, 2)})")
        from ..run.execute import NotebookError, NotebookSource, run_notebook

        self.guards.append(guard := Guard(self.limits))
        if self.stopped:
            guard.end(STOPPED)
        source = NotebookSource(name, notebook.path, notebook.content, job.values)
        before = self.due.beside.all()
        with temporary_folder() as temporary:
            products = Products(temporary)
            with watched_kernel(self.terminal, name, products.progress) as watched:
                try:
                    folders = {PRODUCTS: products.folder, CORES: cores, TRACED: self.project.root}
                    env = {name: str(folder) for name, folder in folders.items()}
                    executed = to_bytes(run_notebook(source, env, guard, watched.on_cell))
                except NotebookError as error:
                    raise LabError(f"{error}\n{self.keep_failed(name, to_bytes(error.partial))}") from None
                finally:
                    self.exchange.traced[name] = read_trace(products.trace)
                    self.due.beside.note(before, self.exchange.traced[name].wrote)
            extras = products.files(name)
            if seconds := products.times():
                write_atomic(self.folder / "seconds" / f"{name}.csv", seconds)
        outcome.executed.append(name)
        outcome.studies += watched.progress.studies.values()
        return executed, extras

    def write(self, name: str, made: Sequence[Ran]) -> Pages:
        self.terminal.status(f"{name}: writing HTML and PDF")
        self.conversions.remember()
        with at(name, "the pages cannot be written"):
            return write_pages(self.project, self.due.meta, name, self.chapters(name, made))

    def chapters(self, name: str, made: Sequence[Ran]) -> list[Chapter]:
        alone = name != COMBINED and len(self.names) > 1
        return [ran.chapter(alone, self.project.root) for ran in made]

    def keep_failed(self, name: str, executed: bytes) -> str:
        path = self.folder / "failed" / f"{name}.ipynb"
        write_atomic(path, executed)
        return f"  the notebook as far as it ran: {self.project.short(path)}"


def page_paths(folder: Path, name: str) -> list[Path]:
    return [folder / f"{name}.html", folder / f"{name}.pdf"]
