"""Small projects for the tests of the build: notebooks of a few cells, a lab file, a way to build them."""

import io
import json
from pathlib import Path

from labreport.build.build import Outcome, build_lab
from labreport.build.request import Request
from labreport.build.terminal import Terminal
from labreport.project.labs import load_lab
from labreport.project.project import Project

PARAMETERS = """\
n_seeds = 3  # seeds of each setting [1 .. 10]
hidden_sizes = (4, 4)  # units of the hidden layers [>= 1]
lr = 0.5  # learning rate = step size [> 0]"""

LAB = """\
[report]
title = "A small lab"
[author]
name = "Your Name"
[[notebooks]]
path = "01_first"
[[notebooks]]
path = "02_second"
[profiles.quick."01_first"]
n_seeds = 2
hidden_sizes = [7, 8]
"""


def cell(source: str, *tags: str) -> dict:
    """A Markdown cell if the source begins with `#` and a space, else a code cell; with tags."""
    metadata = {"tags": list(tags)} if tags else {}
    if source.startswith("# "):
        return {"cell_type": "markdown", "metadata": metadata, "source": source}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def write_notebook(project: Project, name: str, *cells: dict) -> Path:
    """Write notebooks/NAME.ipynb."""
    numbered = [one | {"id": f"id-{number}"} for number, one in enumerate(cells)]
    path = project.notebooks / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": numbered}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def make_project(root: Path, lab: str = LAB) -> Project:
    """A project with the lab `backprop` of two notebooks; the first has parameters."""
    project = Project(root)
    write_notebook(
        project,
        "01_first",
        cell("# The first notebook"),
        cell(PARAMETERS, "parameters"),
        cell("print('seeds', n_seeds, 'sizes', hidden_sizes, 'lr', lr)"),
        cell("1 / 0", "raises-exception"),
        cell("print('after the error')"),
    )
    write_notebook(project, "02_second", cell("# The second notebook"), cell("total = 40 + 2\nprint('total', total)"))
    project.labs.mkdir(parents=True)
    (project.labs / "backprop.toml").write_text(lab, encoding="utf-8")
    project.requirements.write_text("numpy\n", encoding="utf-8")
    return project


def build(project: Project, **request: object) -> tuple[Outcome, str]:
    """Build the lab `backprop`, and what was printed."""
    stream = io.StringIO()
    outcome = build_lab(project, Request(load_lab(project, "backprop"), **request), Terminal(stream))
    return outcome, stream.getvalue()


def report_files(project: Project) -> dict[str, bytes]:
    """All that a build of the lab `backprop` wrote, by its place, but measured seconds and the build's own notes."""
    folder = project.reports("backprop")
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(("seconds", "build.json"))}
