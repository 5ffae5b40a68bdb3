"""Handing in: what is about to be, all that keeps it back, and the zip and PDF that are written when nothing does."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from labkit.errors import LabError
from labkit.files import write_all

from ..build.build import explain
from ..build.due import COMBINED
from ..build.freshness import Record, sha256
from ..build.request import Request
from ..project.labs import Lab
from ..project.project import Project
from ..project.texts import is_line
from . import bundle
from .page_map import PageMap, pages_csv, read_page_map

PLACEHOLDERS = ("", "your name", "your student number", "your student id", "…", "...")
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")  # it goes into the names of files
MAX_NAME = 200  # characters of an author


@dataclass(frozen=True)
class Issue:
    """What was found, and how to mend it. A note keeps nothing back."""

    problem: str
    mend: str = ""
    is_note: bool = False


class Work:
    """A built lab as it is handed in: `meta` is its title block, `record` what the last build noted of its notebooks,
    and `report_record` of their report, which is in a folder of its own for an author of a class."""

    def __init__(
        self,
        project: Project,
        lab: Lab,
        author: str = "",
        student_id: str = "",
        force_answers: bool = False,
        in_class: bool = False,
    ) -> None:
        self.project = project
        self.force_answers = force_answers  # whether answers that are not the student's keep nothing back
        self.lab = lab
        self.folder = project.reports(lab.name)
        self.record = self.report_record = Record(self.folder)
        self.request = Request(
            lab,
            author=author or self.standing("author", "name"),
            student_id=student_id or self.standing("student_id", "student_id"),
            in_class=in_class,
        )
        self.report_folder = self.request.report_folder(project)
        if in_class:
            self.report_record = Record(self.report_folder)
        self.meta = self.request.meta()

    def standing(self, field: str, key: str) -> str:
        """What the lab file says, or if that is still its placeholder, what the report was built with."""
        own = self.lab.author.get(key, "")
        return self.built_with(field) if is_placeholder(own) else own

    def built_with(self, field: str) -> str:
        """A field of the title block of the report that is there, "" if there is none."""
        return self.record.steps.get(COMBINED, {}).get("inputs", {}).get(field.replace("_", " "), "")

    @property
    def rebuild(self) -> str:
        """The command that builds the report again, with what the title block does not have from the lab file."""
        if self.request.in_class:
            return f"`lab report {self.lab.name} --authors …`"
        command = ["make report", f"LAB={self.lab.name}"]
        author, number = self.meta["author"], self.meta["student_id"]
        if is_author(author) and author != self.lab.author.get("name"):
            command.append(f"AUTHOR={shlex.quote(author)}")
        if is_number(number) and number != self.lab.author.get("student_id"):
            command.append(f"STUDENT_ID={number}")
        return f"`{' '.join(command)}`"

    @property
    def name(self) -> str:
        """The name of the files that are handed in, without their ends."""
        return f"{self.meta['student_id']}_{self.lab.name}"

    @cached_property
    def due(self) -> dict[str, list[str]]:
        """Why a build would make each notebook, and the report, again; nothing where it would not."""
        return explain(self.project, self.request)

    @property
    def lacks_only_its_title(self) -> bool:
        """Whether all that a build would do is to write the name and number of this student."""
        chapters = [reason for notebook in self.lab.notebooks for reason in self.due[notebook.name]]
        reasons = chapters or self.due[COMBINED]  # which only follows its chapters
        named = is_author(self.meta["author"]) and is_number(self.meta["student_id"])
        if self.request.in_class:  # notebooks have no pages, only runs
            return named and bool(reasons) and not chapters
        return named and bool(reasons) and all(reason.startswith(("author ", "student id ")) for reason in reasons)

    @cached_property
    def built(self) -> dict[str, Path]:
        return bundle.built_files(self.lab, self.record, self.report_folder)

    @cached_property
    def noted(self) -> dict[Path, str]:
        """The hash that each file was built with."""
        records = (self.record, self.report_record)
        steps = [(record.folder, step["outputs"]) for record in records for step in record.steps.values()]
        return {folder / name: expected for folder, outputs in steps for name, expected in outputs.items()}

    @cached_property
    def sources(self) -> dict[str, Path]:
        return bundle.source_files(self.project, self.lab)

    @cached_property
    def page_map(self) -> PageMap:
        """Raise LabError where the PDF cannot be read."""
        return read_page_map((self.report_folder / f"{COMBINED}.pdf").read_bytes())

    @cached_property
    def runs(self) -> dict[str, list[dict]]:
        """The runs of each notebook by its name. Raise LabError for a line that is no run."""
        files = {name: path for name, path in self.built.items() if name.startswith(bundle.RUNS)}
        return {path.stem: bundle.runs_of(path.read_bytes(), name) for name, path in files.items()}

    def executed(self, name: str) -> dict:
        """A notebook as it ran, without cells if it cannot be read."""
        try:
            return json.loads((self.folder / "notebooks" / f"{name}.ipynb").read_bytes())
        except (OSError, ValueError):
            return {"cells": []}


def is_placeholder(text: str) -> bool:
    return text.strip().casefold() in PLACEHOLDERS


def is_author(text: str) -> bool:
    """Whether it is a name in one line, as a title block can show it."""
    return not is_placeholder(text) and is_line(text) and len(text) <= MAX_NAME


def is_number(text: str) -> bool:
    """Whether it can stand in the name of a file on every system."""
    return NUMBER.fullmatch(text) is not None


@dataclass(frozen=True)
class Submission:
    """The two files of a submission by path, and what is in the zip by entry."""

    files: Mapping[Path, bytes]
    entries: Mapping[str, bytes]
    page_map: PageMap
    n_runs: int


Check = Callable[[Work], Iterable[Issue]]


def issues(work: Work, checks: Iterable[Check]) -> list[Issue]:
    """All that the checks find, errors first."""
    found = [finding for check in checks for finding in check(work)]
    return sorted(found, key=lambda finding: finding.is_note)


def put_together(work: Work) -> Submission:
    """Put together what is handed in; nothing is written. Raise LabError if a file is not what was built."""
    entries = dict(entries_of(work))
    n_runs = sum(map(len, work.runs.values()))
    entries[bundle.PAGES] = pages_csv(work.page_map)
    runs = (run for runs in work.runs.values() for run in runs)
    entries[bundle.MANIFEST] = bundle.manifest(work.project, work.lab, work.meta, entries, runs)
    files = {
        work.report_folder / f"{work.name}.zip": bundle.zip_of(entries),
        work.report_folder / f"{work.name}.pdf": entries[f"{COMBINED}.pdf"],
    }
    return Submission(files, entries, work.page_map, n_runs)


def entries_of(work: Work) -> Iterator[tuple[str, bytes]]:
    for name, path in (work.built | work.sources).items():
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LabError(f"{work.project.short(path)} cannot be read: {error.strerror}") from None
        if name in work.built and sha256(content) != work.noted[path]:
            raise LabError(f"{work.project.short(path)} changed while it was read; is a build at work? Try again")
        yield name, content


def write(submission: Submission) -> None:
    """Write the zip and the PDF, both or none."""
    write_all(submission.files)
