"""The HTML of one chapter, made anew whenever a file changes that it depends on."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from labkit.errors import LabError

from ..build.build import Builder, Outcome
from ..build.due import Job
from ..build.lock import lab_lock
from ..build.pages import write_page
from ..build.request import Request, missing_data, resolve_parameters
from ..build.terminal import Terminal
from ..project.fetched import missing_text
from ..project.labs import load_lab
from ..project.project import Project, files_below

POLL_SECONDS = 0.2
Stamps = dict[Path, tuple[int, int]]  # time and size of files


class ChapterBuilder(Builder):
    """Runs a notebook as a build does, and keeps what it left; of its pages it makes the HTML alone, and keeps none."""

    html = b""

    def make(self, job: Job, outcome: Outcome, cores: Path) -> None:
        ran, extras = self.ran(job, outcome, cores)
        self.terminal.status(f"{job.name}: writing HTML")
        self.html, _ = write_page(self.project, self.due.meta, self.chapters(job.name, [ran]))
        self.keep(job, ran, extras)

    def left_to_do(self, jobs: Sequence[Job], ran: set[str], outcomes: Mapping[str, Outcome]) -> list[Job]:
        return []


@dataclass(frozen=True)
class Shown:
    """What the browser shows: the last page that could be made, and what keeps it from being current."""

    version: int = 0
    name: str = ""
    html: bytes = b""
    error: str = ""
    busy: bool = True


class LiveChapter:
    """A chapter of a lab: of the `notebook` that is asked for, or else of the one that was saved last."""

    def __init__(self, project: Project, lab: str, notebook: str, profile: str, terminal: Terminal) -> None:
        self.project, self.lab, self.profile, self.terminal = project, lab, profile, terminal
        found = load_lab(project, lab)
        last = max((book.path for book in found.notebooks), key=lambda path: path.stat().st_mtime_ns)
        self.fixed = bool(notebook)
        self.path = found.find(notebook).path if notebook else last
        self.shown = Shown()
        self.ended = threading.Event()
        self.builder: ChapterBuilder | None = None
        self.worker = threading.Thread()

    def keep_current(self) -> None:
        """Make the page again after each change, until `ended` is set. What is being run when a notebook is saved is
        stopped; what changes beside the notebooks meanwhile may be the work of that run, and counts as known."""
        sources, beside = self.sources(), self.beside()
        self.start()
        while not self.ended.wait(POLL_SECONDS):
            running, now, lying = self.worker.is_alive(), self.sources(), self.beside()
            if now != sources or (lying != beside and not running):
                saved = [path for path in now if path.suffix == ".ipynb" and now[path] != sources.get(path)]
                self.stop()
                self.path = saved[0] if saved and not self.fixed else self.path
                self.start()
            sources, beside = now, lying
        self.stop()

    def sources(self) -> Stamps:
        """The notebooks, and the files of labs."""
        notebooks = [path for path in files_below(self.project.notebooks) if path.suffix == ".ipynb"]
        return stamps([*notebooks, *self.project.labs.glob("*.toml"), self.project.quick])

    def beside(self) -> Stamps:
        return stamps(self.project.beside())

    def start(self) -> None:
        self.worker = threading.Thread(target=self.refresh, args=(self.path,))
        self.worker.start()

    def stop(self) -> None:
        if self.worker.is_alive():
            if self.builder:
                self.builder.stop()
            self.worker.join()

    def refresh(self, path: Path) -> None:
        """Make the page of a notebook, or say what keeps it from being made."""
        began = time.monotonic()
        self.show(busy=True, name=path.stem)
        try:
            html = self.page(path)
        except Exception as error:  # whatever it is, the next save may mend it
            text = str(error) if isinstance(error, LabError) else f"{path.stem}: {type(error).__name__}: {error}"
            self.terminal.line(f"error: {text}")
            self.show(busy=False, error=text)
        else:
            if html:
                self.terminal.line(f"{path.stem}: shown {time.monotonic() - began:.1f} s after it was saved")
                self.show(busy=False, error="", html=html)

    def page(self, path: Path) -> bytes:
        """The HTML of a notebook as it is now; nothing if it was stopped. Raise LabError for what must be mended."""
        lab = load_lab(self.project, self.lab)
        notebook = lab.find(path.relative_to(self.project.notebooks).with_suffix("").as_posix())
        request = Request(lab, [notebook.name], self.profile)
        if needs := missing_data(request):
            raise LabError(missing_text(self.lab, needs))
        with lab_lock(self.project, self.lab, self.terminal.line):
            self.builder = builder = ChapterBuilder(self.project, request, self.terminal)
            job = builder.due.job(notebook, resolve_parameters(request)[notebook.name])
            builder.build_all([job if job.why_run else replace(job, why_write=["preview"])])
        if builder.stopped:
            return b""
        for error in builder.outcome.errors.values():
            raise error
        return builder.html

    def show(self, **changes: object) -> None:
        self.shown = replace(self.shown, version=self.shown.version + 1, **changes)


def stamps(paths: Iterable[Path]) -> Stamps:
    found = {}
    for path in paths:
        with suppress(OSError):  # an editor may be replacing it
            found[path] = (path.stat().st_mtime_ns, path.stat().st_size)
    return found
