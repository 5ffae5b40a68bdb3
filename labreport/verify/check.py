"""One bundle, from the zip to the verdict."""

import tempfile
import traceback
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ..build.freshness import sha256
from ..build.terminal import Terminal
from ..hand_in.bundle import SUBMISSION
from ..project.labs import Lab, lab_names, load_lab
from ..project.project import Project
from ..project.texts import listed, printable
from ..run.drawing import draws_as_pinned
from . import child
from .checks import compare, integrity, retrain
from .checks.rerun import Own, Rerun, Reruns, parameters
from .checks.retrain import Budget, Trainer
from .reading.cells import ExecutedCell, read_cells
from .reading.contents import read_notebook
from .reading.findings import FAILED, LOOK, BundleVerdict, Finding
from .reading.numbers import TOLERANCE
from .reading.strict import Unreadable


class Quiet(Terminal):
    """A terminal on which what a build says is a status, and leaves no lines."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal.stream)
        self.in_place = terminal.in_place

    def line(self, text: str = "") -> None:
        self.status(text)


@dataclass
class Checker:
    """Checks bundles against one project; what was trained or run for one serves the next."""

    project: Project
    terminal: Terminal
    plan: Budget
    rerun: bool = True
    trainer: Trainer = field(default_factory=Trainer)
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # who wrote a text, by its hash

    def __post_init__(self) -> None:
        self.reruns = Reruns(self.project, Quiet(self.terminal), self.plan.minutes)

    def check(self, bundle: Path) -> BundleVerdict:
        """The verdict on one bundle. Whatever happens becomes a finding."""
        verdict = BundleVerdict(bundle.name)
        self.trainer.tell = lambda text: self.terminal.status(f"{verdict.bundle}: training again, {text}")
        try:
            with tempfile.TemporaryDirectory(prefix="labkit-verify-") as folder:
                self.check_parts(bundle, Path(folder).resolve(), verdict)
        except Unreadable as error:
            verdict.add([Finding(FAILED, "archive", str(error))])
        except LabError as error:
            verdict.add([Finding(FAILED, "integrity", str(error))])
        except Exception as error:  # a fault of ours must not end the check of a class
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"the check itself broke: {type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"
            verdict.add([Finding(FAILED, "archive", f"{text}: {str(error)[:200]}")])
        return verdict

    def check_parts(self, bundle: Path, folder: Path, verdict: BundleVerdict) -> None:
        self.terminal.status(f"{verdict.bundle}: reading")
        read = child.run("read", bundle, folder)
        verdict.add(child.findings_of(read))
        manifest = read["manifest"]
        if manifest is None:
            return
        verdict.student_id, verdict.author = printable(manifest["student_id"], 40), printable(manifest["author"])
        verdict.count(files=len(read["entries"]))
        verdict.add(integrity.student(manifest, bundle.name))
        verdict.add(integrity.making(manifest))
        verdict.add(integrity.made_elsewhere(manifest))
        verdict.add(integrity.data(manifest))
        verdict.add(integrity.beside(self.project, read["entries"]))
        readable = all(notebook["cells"] is not None for notebook in read["notebooks"])
        if readable:
            self.terminal.status(f"{verdict.bundle}: converting its notebooks")
            try:
                verdict.add(child.findings_of(child.run("convert", bundle, folder)))
            except Unreadable as error:
                verdict.add([Finding(FAILED, "report", str(error))])
        self.check_runs(read, verdict)
        lab = self.find_lab(manifest, verdict)
        if lab and readable:
            self.check_notebooks(lab, read, verdict)

    def find_lab(self, manifest: dict[str, Any], verdict: BundleVerdict) -> Lab | None:
        """The lab of this project that the bundle says it is of."""
        if manifest["lab"] not in lab_names(self.project):
            known = listed(lab_names(self.project), 8)
            verdict.add([Finding(FAILED, "integrity", f"there is no lab {manifest['lab']!r} here, but {known}")])
            return None
        verdict.lab = manifest["lab"]
        lab = load_lab(self.project, manifest["lab"])
        own, theirs = [book.key for book in lab.notebooks], [book["key"] for book in manifest["notebooks"]]
        if missing := [key for key in own if key not in theirs]:
            verdict.add(
                [Finding(LOOK, "integrity", f"notebooks of the lab that are not in the bundle: {listed(missing)}")]
            )
        if extra := [key for key in theirs if key not in own]:
            text = f"notebooks that are not in the lab here, and were not compared: {listed(extra)}"
            verdict.add([Finding(LOOK, "integrity", text)])
        return lab

    def check_runs(self, read: dict[str, Any], verdict: BundleVerdict) -> None:
        found: list[Finding] = []
        runs = retrain.recorded(read["notebooks"], found)
        manifest = read["manifest"]
        if manifest["n_runs"] != sum(len(notebook["runs"] or []) for notebook in read["notebooks"]):
            found.append(Finding(FAILED, "runs", f"the MANIFEST names {manifest['n_runs']:,} runs, not those recorded"))
        trainer, exact = self.trainer, integrity.same_engine(manifest)
        before = trainer.n_trained, trainer.n_cached
        retrained = retrain.retrain(runs, exact, self.plan, trainer)
        verdict.add([*found, *retrained.findings])
        trained, cached = trainer.n_trained - before[0], trainer.n_cached - before[1]
        known = retrained.n_compared - trained - cached
        verdict.count(runs=retrained.n_compared, trained=trained, cached=cached, known=known)
        how = "bit for bit" if exact else f"within a tolerance for another platform ({TOLERANCE})"
        verdict.how.append(f"runs {how}")

    def check_notebooks(self, lab: Lab, read: dict[str, Any], verdict: BundleVerdict) -> None:
        """Sources, outputs, tables and runs against the checker's own notebooks."""
        manifest = read["manifest"]
        exact = integrity.same_outputs(manifest)
        theirs = {notebook["name"]: notebook for notebook in read["notebooks"]}
        values, found = parameters(lab, {name: notebook["parameters"] for name, notebook in theirs.items()})
        verdict.add(found)
        rerun = Rerun()
        if not self.rerun:
            verdict.how.append("outputs not compared with a run of the notebooks here (--no-rerun)")
        elif any(finding.level == FAILED for finding in found):
            verdict.add(
                [Finding(LOOK, "tables", "the notebooks were not run here, as their parameters cannot be right")]
            )
        else:
            self.terminal.status(f"{verdict.bundle}: running the notebooks of this project")
            rerun = self.reruns.of(lab, values)
            verdict.how.append(f"outputs {'equal to' if exact else 'within the same tolerance of'} those made here")
        touched = False
        for notebook in lab.notebooks:
            if notebook.name not in theirs:
                continue
            if notebook.name in rerun.errors:
                text = f"{notebook.name}: the notebook of this project does not run here: {rerun.errors[notebook.name]}"
                verdict.add([Finding(LOOK, "tables", text)])
            source = read_cells(read_notebook(notebook.path.read_bytes(), notebook.name))
            result = compare_notebook(
                notebook.name,
                rerun.notebooks.get(notebook.name),
                source,
                theirs[notebook.name],
                tables_of(notebook.name, read["tables"]),
                exact,
            )
            touched |= bool(result.touched)
            verdict.add(result.findings)
            verdict.count(numbers=result.n_numbers, figures=result.n_figures)
            self.remember(verdict, notebook.name, result.words)
        if rerun.notebooks and not draws_as_pinned():
            text = "figures were not compared: this machine draws them differently, and `lab doctor` says why"
            verdict.add([Finding(LOOK, "tables", text)])
        handed_in = read["entries"].get(SUBMISSION, "")
        if rerun.notebooks and exact and not touched and not rerun.errors and handed_in != rerun.submission:
            verdict.add([Finding(FAILED, "tables", f"{SUBMISSION} is not what the notebooks give here")])

    def remember(self, verdict: BundleVerdict, notebook: str, words: Sequence[str]) -> None:
        """Note texts that another bundle of this call has word for word."""
        for text in words:
            if len(text.split()) < 8:
                continue  # a short sentence may be found twice
            key = sha256(" ".join(text.split()).casefold())
            if others := [other for other in self.words[key] if other != verdict.bundle]:
                beginning = printable(text, 60)
                text = f"{notebook}: word for word as in {listed(others)}: {beginning!r}"
                verdict.add([Finding(LOOK, "tables", text)])
            self.words[key].append(verdict.bundle)


def tables_of(name: str, tables: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The CSV files of one notebook, by file name."""
    names = {entry.removeprefix("tables/"): rows for entry, rows in tables.items() if rows is not None}
    return {file: rows for file, rows in names.items() if file.startswith(f"{name}-")}


def compare_notebook(
    name: str,
    own: Own | None,
    source: list[ExecutedCell],
    theirs: dict[str, Any],
    tables: dict[str, list[list[str]]],
    exact: bool,
) -> compare.Comparison:
    """All comparisons of one notebook; `own` is the checker's run of it, None where it was not run."""
    cells = [ExecutedCell.of_dict(cell) for cell in theirs["cells"]]
    result = compare.Comparison(name, exact)
    compare.compare_sources(result, source, cells)
    compared = result.clean if own is not None and exact else set()
    compare.compare_texts_with_files(result, cells, tables, compared)
    if own is not None:
        compare.compare_outputs(result, own.cells, cells)
        compare.compare_files(result, own, tables)
        compare.compare_runs(result, own.runs, theirs["runs"] or [])
    result.close()
    return result
