"""Build a lab: run the notebooks that changed, convert them, and write the report of all of them."""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.errors import LabError
from labkit.files import write_atomic
from labkit.report.freshness import LIBRARY, Record, execution_inputs, rendering_inputs
from labkit.report.labs import Lab, LabNotebook
from labkit.report.parameters import check_name, resolve
from labkit.report.project import Project
from labkit.report.terminal import Study, Terminal

COMBINED = "report"


@dataclass(frozen=True)
class Request:
    """What is asked for: a lab, the notebooks to build (all if empty), and what replaces its own values."""

    lab: Lab
    notebooks: Sequence[str] = ()
    profile: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    student_id: str = ""

    def chosen(self) -> list[LabNotebook]:
        """The notebooks to build, in the order of the lab."""
        wanted = [self.lab.find(name) for name in self.notebooks] or self.lab.notebooks
        return [notebook for notebook in self.lab.notebooks if notebook in wanted]

    def meta(self) -> dict[str, str]:
        """The fields of the title block."""
        author = {
            "author": self.author or self.lab.author.get("name", ""),
            "student_id": self.student_id or self.lab.author.get("student_id", ""),
        }
        return self.lab.report | author


@dataclass
class Outcome:
    """What a build did: files by name, studies that the kernels reported, errors by notebook."""

    files: list[Path] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    errors: dict[str, LabError] = field(default_factory=dict)


def resolve_parameters(request: Request) -> dict[str, dict[str, Any]]:
    """The parameters by notebook name that differ from the notebook's own.

    A later source wins: notebook, lab file, profile, command line. Raise LabError for a wrong one of any
    notebook of the lab, so that it is found before a kernel starts.
    """
    lab, profile = request.lab, request.lab.profile(request.profile)
    chosen = request.chosen()
    known = {key for notebook in chosen for key in notebook.schema}
    for key in request.parameters:
        check_name(key, sorted(known), ", ".join(notebook.name for notebook in chosen))
    values = {}
    for notebook in lab.notebooks:
        for name, profiles in lab.profiles.items():
            where = f"{lab.file}, profile {name!r} of {notebook.key}"
            resolve(notebook.schema, profiles.get(notebook.key, {}), where)
        given = notebook.parameters | profile.get(notebook.key, {})
        values[notebook.name] = resolve(notebook.schema, given, f"{lab.file}, parameters of {notebook.key}")
        if notebook in chosen:
            typed = {key: text for key, text in request.parameters.items() if key in notebook.schema}
            parsed = {key: notebook.schema[key].parse(text) for key, text in typed.items()}
            kept = {key: value for key, value in values[notebook.name].items() if key not in parsed}
            values[notebook.name] = kept | resolve(notebook.schema, parsed, "the command line")
    return values


def build_lab(project: Project, request: Request, terminal: Terminal) -> Outcome:
    """Bring a lab's report folder up to date. A notebook that fails is noted, and the others are built.

    Raise LabError, before any kernel starts, if the request or the lab's files must be mended.
    """
    values = resolve_parameters(request)
    build = _Build(project, request.lab.name, request.meta(), terminal)
    for notebook in request.chosen():
        try:
            build.notebook(notebook, values[notebook.name])
        except LabError as error:
            terminal.line(f"{notebook.name}: failed")
            build.outcome.errors[notebook.name] = error
    if not build.outcome.errors:
        try:
            build.combined(request.lab.notebooks)
        except LabError as error:
            build.outcome.errors[COMBINED] = error
    return build.outcome


class _Build:
    """One run of the build over one report folder."""

    def __init__(self, project: Project, lab: str, meta: dict[str, str], terminal: Terminal) -> None:
        self.project = project
        self.folder = project.reports(lab)
        self.record = Record(self.folder)
        self.meta = meta
        self.terminal = terminal
        self.outcome = Outcome()

    def notebook(self, notebook: LabNotebook, values: Mapping[str, Any]) -> None:
        """Run and convert one notebook if need be. Its files are replaced only when all of them are made."""
        name, began = notebook.name, time.monotonic()
        inputs = execution_inputs(self.project, notebook, values)
        reasons = self.record.why(f"run {name}", inputs)
        executed, extras = self._run(notebook, values, reasons) if reasons else (self._stored(name), {})
        pages = rendering_inputs(self.project, self.meta, [(name, executed)])
        if not reasons and not (new_look := self.record.why(f"pages {name}", pages)):
            self._made(name)
            return
        if not reasons:
            self.terminal.line(f"{name}: writing ({_short(new_look)})")
        try:
            files = self._render(name, [(name, notebook.path.parent, executed)])
        except LabError as error:
            raise LabError(f"{error}\n{self._keep_failed(name, executed)}") from None
        if reasons:
            self.record.done(f"run {name}", inputs, {_executed_file(name): executed} | extras)
            (self.folder / "failed" / f"{name}.ipynb").unlink(missing_ok=True)
        self.record.done(f"pages {name}", pages, files)
        self.outcome.built.append(name)
        self._made(name)
        self.terminal.line(f"{name}: done in {time.monotonic() - began:.1f} s")

    def combined(self, notebooks: Sequence[LabNotebook]) -> None:
        """The report of all notebooks, if each of them has been run; else it stays as it is."""
        names = [notebook.name for notebook in notebooks]
        if missing := [name for name in names if not (self.folder / _executed_file(name)).exists()]:
            self.terminal.line(f"{COMBINED}: not written, as these were never run: {', '.join(missing)}")
            return
        chapters = [(book.name, book.path.parent, self._stored(book.name)) for book in notebooks]
        inputs = rendering_inputs(self.project, self.meta, [(name, content) for name, _, content in chapters])
        inputs["order of the notebooks"] = " ".join(names)
        if self.record.why(COMBINED, inputs):
            self.record.done(COMBINED, inputs, self._render(COMBINED, chapters))
            self.outcome.built.append(COMBINED)
        self._made(COMBINED)

    def _run(
        self, notebook: LabNotebook, values: Mapping[str, Any], reasons: Sequence[str]
    ) -> tuple[bytes, dict[str, bytes]]:
        """The executed notebook, and the files that it wrote for the report folder: tables/*.csv, submission.csv."""
        self.terminal.line(f"{notebook.name}: running ({_short(reasons)})")
        self.terminal.status(f"{notebook.name}: starting the kernel")
        # papermill takes a third of a second to import: only a build that runs something waits for it
        from labkit.report.execute import NotebookError, Source, run_notebook, to_bytes

        source = Source(notebook.name, notebook.path, notebook.content, values)
        with tempfile.TemporaryDirectory(prefix="labkit") as temporary:
            progress_file, made = Path(temporary, "progress.jsonl"), Path(temporary, "made")
            with self.terminal.watch(notebook.name, progress_file) as progress:
                try:
                    executed = to_bytes(run_notebook(source, self._kernel_env(progress_file, made)))
                except NotebookError as error:
                    note = self._keep_failed(notebook.name, to_bytes(error.partial))
                    raise LabError(f"{error}\n{note}") from None
            files = [path for path in sorted(made.rglob("*")) if path.is_file()]
            extras = {_made_file(path.relative_to(made), notebook.name): path.read_bytes() for path in files}
        self.outcome.executed.append(notebook.name)
        self.outcome.studies += progress.studies
        return executed, extras

    def _kernel_env(self, progress_file: Path, made: Path) -> dict[str, str]:
        """The kernel imports this labkit, not one installed elsewhere; its studies stay in the project."""
        path = [str(LIBRARY.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        cache = os.environ.get("LABKIT_CACHE") or str(self.project.root / ".cache" / "labkit")
        return {
            "PYTHONPATH": os.pathsep.join(path),
            "LABKIT_PROGRESS": str(progress_file),
            "LABKIT_TABLES": str(made / "tables"),
            "LABKIT_CACHE": cache,
        }

    def _render(self, name: str, chapters: Sequence[tuple[str, Path, bytes]]) -> dict[str, bytes]:
        """The HTML and PDF of some executed notebooks, by file name."""
        self.terminal.status(f"{name}: writing HTML and PDF")
        # the converters take longer to import than a build with nothing to do may take in all
        import nbformat

        from labkit.report.document import Chapter, ReportMeta
        from labkit.report.html import render_html
        from labkit.report.pdf import render_pdf

        parts = [Chapter(key, nbformat.reads(content.decode(), as_version=4), path) for key, path, content in chapters]
        meta = ReportMeta(**self.meta)
        return {f"{name}.html": render_html(parts, meta).encode(), f"{name}.pdf": render_pdf(parts, meta)}

    def _stored(self, name: str) -> bytes:
        return (self.folder / _executed_file(name)).read_bytes()

    def _keep_failed(self, name: str, executed: bytes) -> str:
        path = self.folder / "failed" / f"{name}.ipynb"
        write_atomic(path, executed)
        return f"  the notebook as far as it ran: {self.project.short(path)}"

    def _made(self, name: str) -> None:
        self.outcome.files += [self.folder / f"{name}.html", self.folder / f"{name}.pdf"]


def _executed_file(name: str) -> str:
    return f"notebooks/{name}.ipynb"


def _made_file(path: Path, name: str) -> str:
    """Where a file that a notebook made lies in the report folder; tables of different notebooks may have one name."""
    return f"tables/{name}-{path.name}" if path.parts[0] == "tables" else path.as_posix()


def _short(reasons: Sequence[str]) -> str:
    """The first reasons, and how many more there are."""
    return ", ".join(reasons[:2]) + (f" and {len(reasons) - 2} more" if len(reasons) > 2 else "")
