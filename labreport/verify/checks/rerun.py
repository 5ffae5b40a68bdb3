"""The checker's own notebooks, run with the parameters that a bundle was made with: what an honest bundle shows."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ...build.build import build_lab
from ...build.freshness import sha256
from ...build.request import Request, missing_data
from ...build.terminal import Terminal
from ...project.labs import QUICK, Lab, load_lab
from ...project.limits import Limits
from ...project.project import Project
from ...project.temporary import temporary_folder
from ...project.texts import listed, printable
from ..reading.cells import ExecutedCell, read_cells
from ..reading.contents import read_runs, read_table
from ..reading.findings import FAILED, LOOK, NOTE, Finding

STEP = "notebooks"
Values = Mapping[str, Mapping[str, Any]]  # by name of the notebook and of the parameter


@dataclass
class Given:
    """What a notebook gave: cells, rows of tables by file name, runs."""

    cells: list[ExecutedCell]
    tables: dict[str, list[list[str]]]
    runs: list[dict[str, Any]]


@dataclass
class Rerun:
    """What the lab gave: notebooks by name, the hash of submission.csv, what went wrong by notebook."""

    notebooks: dict[str, Given] = field(default_factory=dict)
    submission: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class Reruns:
    """Runs the notebooks of the checker's project, once for each lab and set of parameters in a call of `verify`."""

    project: Project
    terminal: Terminal
    minutes: float
    done: dict[str, Rerun] = field(default_factory=dict)

    def of(self, lab: Lab, values: Values) -> Rerun:
        key = repr((lab.name, sorted((name, sorted(given.items())) for name, given in values.items())))
        if key not in self.done:
            self.done[key] = self.run(lab, values)
        return self.done[key]

    def run(self, lab: Lab, values: Values) -> Rerun:
        with temporary_folder() as folder:
            project = Project(folder)
            shutil.copytree(self.project.notebooks, project.notebooks, ignore=shutil.ignore_patterns(".*"))
            if self.project.requirements.exists():
                shutil.copy(self.project.requirements, project.requirements)
            copied = load_lab(project, lab.name)
            notebooks = tuple(replace(book, parameters=dict(values.get(book.name, {}))) for book in copied.notebooks)
            limits = Limits(minutes=self.minutes / len(notebooks), gigabytes=copied.limits.gigabytes)
            request = Request(replace(copied, notebooks=notebooks, limits=limits), pages=False)
            errors = {name: f"{listed(found)} is not on this machine" for name, found in missing_data(request).items()}
            if runnable := [book.name for book in notebooks if book.name not in errors]:
                outcome = build_lab(project, replace(request, notebooks=runnable), self.terminal)
                errors |= {name: printable(error, 300) for name, error in outcome.errors.items()}
            return collect(project.reports(lab.name), [book.name for book in notebooks], errors)


def collect(folder: Path, names: list[str], errors: dict[str, str]) -> Rerun:
    """What lies in a report folder, as plain data."""
    rerun = Rerun(errors=errors)
    for name in names:
        executed, runs = folder / "notebooks" / f"{name}.ipynb", folder / "runs" / f"{name}.jsonl"
        if name in errors or not executed.exists():
            continue
        tables = sorted((folder / "tables").glob(f"{name}-*.csv"))
        rerun.notebooks[name] = Given(
            read_cells(json.loads(executed.read_text(encoding="utf-8"))),
            {path.name: read_table(path.read_bytes(), path.name) for path in tables},
            read_runs(runs.read_bytes(), runs.name) if runs.exists() else [],
        )
    if (submission := folder / "submission.csv").exists():
        rerun.submission = sha256(submission.read_bytes())
    return rerun


def parameters(lab: Lab, given: Mapping[str, Mapping[str, Any] | None]) -> tuple[dict[str, dict], list[Finding]]:
    """The recorded parameters of each notebook, checked by the checker's own schema, and what is to be said of them."""
    values: dict[str, dict[str, Any]] = {}
    findings = []
    for notebook in lab.notebooks:
        recorded = given.get(notebook.name)
        if recorded is None:
            continue
        usual = {name: parameter.default for name, parameter in notebook.schema.items()} | notebook.parameters
        given_quick = lab.profiles.get(QUICK, {}).get(notebook.key, {})
        quick = {name: notebook.schema[name].check(value) for name, value in given_quick.items()}
        values[notebook.name] = {}
        changed = []
        for name, value in recorded.items():
            if name not in notebook.schema:
                findings.append(Finding(LOOK, STEP, f"{notebook.name}: parameter {name!r} is not in the notebook here"))
                continue
            try:
                checked = notebook.schema[name].check(value)
                standard = notebook.schema[name].check(usual[name])
            except LabError as error:
                findings.append(Finding(FAILED, STEP, f"{notebook.name}: a parameter that no build takes: {error}"))
                continue
            values[notebook.name][name] = checked
            if checked != standard:
                changed.append(f"{name} = {checked!r} (the lab: {standard!r})")
        if changed:
            is_quick = bool(quick) and all(values[notebook.name].get(name) == quick[name] for name in quick)
            text = f"{notebook.name}: made with {'the values of a quick build, ' * is_quick}{listed(changed, 6)}"
            findings.append(Finding(LOOK if is_quick else NOTE, STEP, text))
    return values, findings
