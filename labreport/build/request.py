"""What a build is asked for, and with which parameters it runs the notebooks."""

import platform
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import labkit
from labkit.engine import LOADED

from ..project.fetched import missing
from ..project.labs import Lab, LabNotebook
from ..project.parameters import check_name, resolve
from ..project.project import Project

AUTHORS = "authors"  # the folder of the reports of a class, in that of its lab


@dataclass(frozen=True)
class Request:
    """What is asked for: a lab, the notebooks to build (all if empty), and what replaces its own values; without
    `pages` the notebooks are run, and no HTML and PDF are written. Of a report `in_class`, notebooks have no pages of
    their own, and it lies in a folder of its author."""

    lab: Lab
    notebooks: Sequence[str] = ()
    profile: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    student_id: str = ""
    pages: bool = True
    in_class: bool = False

    def chosen(self) -> list[LabNotebook]:
        """The notebooks to build, in the order of the lab."""
        wanted = [self.lab.find(name) for name in self.notebooks] or self.lab.notebooks
        return [notebook for notebook in self.lab.notebooks if notebook in wanted]

    def report_folder(self, project: Project) -> Path:
        """Where the report of all notebooks lies."""
        folder = project.reports(self.lab.name)
        return folder / AUTHORS / self.student_id if self.in_class else folder

    @property
    def command(self) -> str:
        """What builds the same again; which notebooks are chosen matters only to parameters that are typed."""
        if not self.parameters:
            return f"make report LAB={self.lab.name}" + (f" PROFILE={self.profile}" if self.profile else "")
        words = ["lab", "report", self.lab.name, *self.notebooks]
        for name, value in self.parameters.items():
            words += ["-p", f"{name}={value}"]
        return shlex.join([*words, *(["--profile", self.profile] if self.profile else [])])

    def meta(self) -> dict[str, str]:
        """The fields of the title block, and what the report says of how it was made."""
        author = {
            "author": self.author or self.lab.author.get("name", ""),
            "student_id": self.student_id or self.lab.author.get("student_id", ""),
        }
        versions = {"labkit": labkit.__version__, "python": platform.python_version(), "numpy": version("numpy")}
        made = {"made_with": made_with(versions), "engine": LOADED, "command": self.command}
        return self.lab.report | author | made


def made_with(versions: Mapping[str, str]) -> str:
    """`labkit 1.0, Python 3.12.3, numpy 2.3.5`"""
    return ", ".join(f"{name} {versions.get(name.lower())}" for name in ("labkit", "Python", "numpy"))


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


def missing_data(request: Request) -> dict[str, list[str]]:
    """The data sets that must be fetched first, by the name of the notebook that needs them."""
    values = resolve_parameters(request)
    found = {book.name: missing(book.schema, values[book.name]) for book in request.chosen()}
    return {name: datasets for name, datasets in found.items() if datasets}
