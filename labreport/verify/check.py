"""One bundle, from the zip to the verdict."""

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ..build.terminal import Terminal
from ..hand_in.bundle import SUBMISSION
from ..project.labs import Lab, lab_names, load_lab
from ..project.project import Project
from ..project.texts import listed, printable
from ..run.drawing import draws_as_pinned
from .checks import integrity, retrain
from .checks.claimed import unheld_numbers
from .checks.compare import Comparison, compare_notebook
from .checks.rerun import Given, Rerun, Reruns, Values, parameters
from .checks.retrain import Budget, Trainer
from .checks.sources import compare_sources
from .child import findings_of
from .opening import Opened, open_bundle
from .reading.cells import ExecutedCell, read_cells
from .reading.contents import read_notebook
from .reading.findings import FAILED, LOOK, NOTE, NUMBERS, BundleVerdict, Finding
from .reading.numbers import TOLERANCE
from .reading.places import places_in_report
from .reading.strict import Unreadable

NOT_RUN = "the notebooks were not run here, as their parameters cannot be right"


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
    lab: str = ""  # the only one that is accepted, if any
    trainer: Trainer = field(default_factory=Trainer)
    opened: Callable[[Path], Opened] = open_bundle

    def __post_init__(self) -> None:
        self.reruns = Reruns(self.project, Quiet(self.terminal), self.plan.minutes)

    def check(self, bundle: Path, name: str = "") -> BundleVerdict:
        """The verdict on one bundle. Whatever happens becomes a finding; a fault of ours is none of the student's."""
        began = time.monotonic()
        verdict = BundleVerdict(name or bundle.name)
        self.trainer.tell = lambda text: self.terminal.status(f"{verdict.bundle}: training again, {text}")
        try:
            self.terminal.status(f"{verdict.bundle}: reading it, and converting its notebooks")
            opened = self.opened(bundle)
            began = time.monotonic() - opened.seconds
            self.check_parts(bundle, opened, verdict)
        except Unreadable as error:
            verdict.add([Finding(FAILED, "archive", str(error))])
        except LabError as error:
            verdict.is_whole = False
            verdict.add([Finding(LOOK, "integrity", f"not all of it was checked: {error}")])
        except Exception as error:  # a fault of ours must not end the check of a class
            verdict.is_whole = False
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"the check itself broke: {type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"
            verdict.add([Finding(LOOK, "archive", f"{text}: {str(error)[:200]}")])
        verdict.seconds = round(time.monotonic() - began, 1)
        return verdict

    def check_parts(self, bundle: Path, opened: Opened, verdict: BundleVerdict) -> None:
        read = opened.read
        verdict.add(findings_of(read))
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
        verdict.add(opened.report)
        if opened.not_converted:
            verdict.is_whole = False
            verdict.add([Finding(LOOK, "report", f"the report was not compared: {opened.not_converted}")])
        runs = self.check_runs(read, verdict)
        lab = self.find_lab(manifest, verdict)
        if lab and opened.is_readable:
            self.check_notebooks(lab, read, runs, verdict)

    def find_lab(self, manifest: dict[str, Any], verdict: BundleVerdict) -> Lab | None:
        """The lab of this project that the bundle says it is of."""
        name, known = manifest["lab"], lab_names(self.project)
        if name not in known:
            verdict.add([Finding(FAILED, "integrity", f"there is no lab {name!r} here, but {listed(known, 8)}")])
            return None
        if self.lab not in ("", name):
            verdict.add([Finding(FAILED, "integrity", f"it is of the lab {name!r}, and {self.lab!r} was asked for")])
        verdict.lab = name
        lab = load_lab(self.project, name)
        verdict.add(integrity.against_lab(lab, manifest))
        return lab

    def check_runs(self, read: dict[str, Any], verdict: BundleVerdict) -> retrain.Retrained:
        found: list[Finding] = []
        runs = retrain.recorded(read["notebooks"], found)
        manifest = read["manifest"]
        if manifest["n_runs"] != sum(len(notebook["runs"] or []) for notebook in read["notebooks"]):
            found.append(Finding(FAILED, "runs", f"the MANIFEST names {manifest['n_runs']:,} runs, not those recorded"))
        trainer, exact = self.trainer, integrity.same_engine(manifest)
        before = trainer.n_trained, trainer.n_cached
        retrained = retrain.retrain(runs, exact, self.plan, trainer)
        verdict.is_whole &= not retrained.n_left
        verdict.add([*found, *retrained.findings])
        trained, cached = trainer.n_trained - before[0], trainer.n_cached - before[1]
        known = retrained.n_compared - trained - cached
        verdict.count(runs=retrained.n_compared, trained=trained, cached=cached, known=known)
        how = "bit for bit" if exact else f"within a tolerance for another machine ({TOLERANCE})"
        verdict.how.append(f"runs {how}")
        return retrained

    def check_notebooks(self, lab: Lab, read: dict[str, Any], runs: retrain.Retrained, verdict: BundleVerdict) -> None:
        """Sources, outputs, tables and runs against the checker's own notebooks."""
        # who says that their machine is another, and yet trains to the same bits, must show the same as well
        same_software = integrity.same_software(read["manifest"])
        exact = runs.to_the_bit or (same_software and integrity.same_engine(read["manifest"]))
        level = FAILED if same_software else LOOK
        theirs = {notebook["name"]: notebook for notebook in read["notebooks"]}
        values, found = parameters(lab, {name: notebook["parameters"] for name, notebook in theirs.items()})
        verdict.add(found)
        rerun = self.own_run(lab, values, verdict) if not any(one.level == FAILED for one in found) else Rerun()
        verdict.is_whole &= not (rerun.errors and self.rerun)
        if rerun.notebooks:
            verdict.how.append(f"outputs {'equal to' if exact else 'within the same tolerance of'} those made here")
        places = places_in_report(read["notebooks"], read["pages"])
        touched = False
        for notebook in lab.notebooks:
            name = notebook.name
            if name not in theirs:
                continue
            source = read_cells(read_notebook(notebook.path.read_bytes(), name))
            there = Given(
                [ExecutedCell.of_dict(cell) for cell in theirs[name]["cells"]],
                tables_of(name, read["tables"]),
                theirs[name]["runs"] or [],
            )
            result = Comparison(name, compare_sources(name, source, there.cells), exact, level)
            if here := rerun.notebooks.get(name):
                compare_notebook(result, here, there)
            else:
                result.add(LOOK, f"its outputs were not compared: {rerun.errors.get(name, NOT_RUN)}")
            touched |= bool(result.sources.touched)
            tell_claimed(result, there.cells)
            told = [*result.sources.findings, *result.findings]
            verdict.add(replace(one, where=places.get(one.cell, "")) for one in told)
            verdict.count(numbers=result.n_numbers, figures=result.n_figures)
            verdict.own += [replace(own, where=places.get(own.key, "")) for own in result.sources.own]
        if rerun.notebooks and not draws_as_pinned():
            text = "figures were not compared: this machine draws them differently, and `lab doctor` says why"
            verdict.add([Finding(LOOK, NUMBERS, text)])
        handed_in = read["entries"].get(SUBMISSION, "")
        if rerun.notebooks and exact and not touched and not rerun.errors and handed_in != rerun.submission:
            verdict.add([Finding(level, NUMBERS, f"{SUBMISSION} is not what the notebooks give here")])

    def own_run(self, lab: Lab, values: Values, verdict: BundleVerdict) -> Rerun:
        """What the notebooks of this project give with these parameters."""
        if not self.rerun:
            return Rerun(errors=dict.fromkeys(values, "--no-rerun"))
        self.terminal.status(f"{verdict.bundle}: running the notebooks of this project")
        return self.reruns.of(lab, values)


def tell_claimed(result: Comparison, cells: Sequence[ExecutedCell]) -> None:
    """Note the numbers of answers that the notebook does not hold."""
    words = [own for own in result.sources.own if own.is_answer and not own.is_code and own.text != own.here]
    for own, found in unheld_numbers(words, cells) if words else ():
        if found:
            text = f"{own.notebook}: the answer in cell {own.cell} has numbers that no output holds: {listed(found, 6)}"
            result.findings.append(Finding(NOTE, "answers", text, own.key))


def tables_of(name: str, tables: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The CSV files of one notebook, by file name."""
    names = {entry.removeprefix("tables/"): rows for entry, rows in tables.items() if rows is not None}
    return {file: rows for file, rows in names.items() if file.startswith(f"{name}-")}
