"""`report`: run a lab and write its HTML and PDF."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labkit import environment
from labkit.errors import LabError, choice, shown
from labkit.experiments.progress import StudyProgress

from ..build.build import Outcome, build_lab, explain
from ..build.cache_size import bound_cache, cache_bytes
from ..build.due import COMBINED
from ..build.index import INDEX, write_index
from ..build.request import Request
from ..build.terminal import Terminal, WarningLines
from ..doctor.diagnosis import PYTHON
from ..project.labs import check_line, lab_names, load_lab
from ..project.project import Project
from ..project.variables import AUTHOR, STUDENT_ID

if TYPE_CHECKING:
    from ..authors.class_list import Author

DEFAULT_LAB = "backprop"
MOST_DOUBTS = 10


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "names", nargs="*", metavar="NAME", help=f"lab (default {DEFAULT_LAB}), then its notebooks (default all)"
    )
    command.add_argument(
        "-p",
        dest="parameters",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter; repeatable",
    )
    command.add_argument("--why", action="store_true", help="build nothing, but tell what would be built, and why")
    command.add_argument(
        "--authors", type=Path, metavar="CSV", help="also write a report for each: columns author and student_id"
    )
    add_variant(command)


def add_variant(command: argparse.ArgumentParser) -> None:
    """The options that all commands which build a report have."""
    command.add_argument("--profile", default="", help="parameter set of the lab file, for example quick")
    command.add_argument("--author", default="", help="name in the title block (or environment LABKIT_AUTHOR)")
    command.add_argument(
        "--strict", action="store_true", help="fail where a sentence does not hold, or a figure is named by none"
    )
    command.add_argument("--student-id", default="", help="number in the title block (or LABKIT_STUDENT_ID)")


def run(options: argparse.Namespace) -> int:
    """Build a lab, or some notebooks of it, and print where the files are."""
    project = Project(options.root.resolve())
    environment.n_jobs()  # what is wrong with a variable is said before a build begins
    cache_bytes()
    authors = authors_of(options)
    lab, notebooks = find_names(project, options.names)
    request = Request(
        lab=load_lab(project, lab),
        notebooks=notebooks,
        profile=options.profile,
        parameters=split_parameters(options.parameters),
        author=title_text("author", options.author, AUTHOR),
        student_id=title_text("student number", options.student_id, STUDENT_ID),
    )
    if options.why:
        for name, reasons in explain(project, request).items():
            print(f"{name}: {'to be built' if reasons else 'up to date'}")
            print(*(f"  {reason}\n" for reason in reasons), sep="", end="")
        return 0
    terminal = Terminal(sys.stdout)
    for notebook in request.lab.left_out:
        get = f"`{PYTHON} -m pip install {notebook.lacks}`"
        terminal.line(f"{notebook.name}: left out, it needs {notebook.lacks}; get it with {get}")
    with WarningLines(terminal):
        outcome = build_lab(project, request, terminal)
    try:
        index = write_index(project)
    except (LabError, OSError) as error:
        outcome.errors[INDEX] = error
    for error in outcome.errors.values():
        print(f"\nerror: {error}", file=sys.stderr)
    if outcome.errors:
        if (project.reports(lab) / f"{COMBINED}.html").exists():
            folder = project.short(project.reports(lab))
            print(f"\nThe last complete report is still in {folder}.", file=sys.stderr)
        return 1
    for line in [*summary_text(project, request, outcome), *doubts_text(outcome.doubts)]:
        terminal.line(line)
    terminal.line(f"\nAll reports: {project.short(index)}")
    if options.strict and outcome.doubts:
        print("\nerror: with --strict, every sentence must hold, and every figure must be named", file=sys.stderr)
        return 1
    if authors:
        from ..authors.side_by_side import Task, make_for_each

        task = Task(str(project.root), lab, notebooks, request.profile, request.parameters)
        return make_for_each(project, task, authors, terminal)
    return 0


def authors_of(options: argparse.Namespace) -> "list[Author]":
    """The authors of the class that is named, if one is."""
    if not options.authors:
        return []
    if options.author or options.student_id or getattr(options, "why", False):
        raise LabError("--authors cannot be given together with --author, --student-id or --why")
    from ..authors.class_list import read_class

    return read_class(options.authors)


def title_text(name: str, typed: str, variable: str) -> str:
    """A text of the title block from its option or environment variable, checked; an empty text if neither has one."""
    text = typed or os.environ.get(variable, "")
    if text:
        check_line(name, text)
    return text


def doubts_text(doubts: Sequence[str]) -> list[str]:
    """What an author should look at, a line each, and how many more there are."""
    shown = [f"look at: {doubt}" for doubt in doubts[:MOST_DOUBTS]]
    more = len(doubts) - MOST_DOUBTS
    return [*([""] if shown else []), *shown, *([f"and {more} more like these"] if more > 0 else [])]


def find_names(project: Project, names: Sequence[str]) -> tuple[str, list[str]]:
    """Lab and notebooks of the names typed: the first may be a lab, all may be notebooks."""
    labs = lab_names(project)
    if not labs:
        load_lab(project, DEFAULT_LAB)  # which says where there are none
    if names and names[0] in labs:
        return names[0], list(names[1:])
    if not names or DEFAULT_LAB not in labs:
        choice("lab", names[0] if names else DEFAULT_LAB, labs)
        return DEFAULT_LAB, []
    known = [notebook.name for notebook in load_lab(project, DEFAULT_LAB).notebooks]
    if not any(known_name.startswith(names[0]) for known_name in known):
        choice("lab or notebook", names[0], [*labs, *known])
    return DEFAULT_LAB, list(names)


def split_parameters(texts: Sequence[str]) -> dict[str, str]:
    """Value by name of each `name=value`. Raise LabError for another form, or a name that is given twice."""
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise LabError(f"-p must be name=value, as -p lr=0.1; got {shown(text)}")
        if name in values:
            raise LabError(f"-p {name} must be given once; got {shown(values[name])} and {shown(value)}")
        values[name] = value
    return values


def summary_text(project: Project, request: Request, outcome: Outcome) -> list[str]:
    """What was done, and where the files are."""
    trained = [study for study in outcome.studies if study.trained]
    cached = [study for study in outcome.studies if not study.trained]
    if not outcome.built:
        lines = ["Everything is up to date: nothing was trained, nothing was run."]
    elif trained:
        epochs = sum(study.trained for study in trained)
        lines = [f"Trained {count(trained)} ({epochs:,} epochs); {count(cached)} from the cache."]
    elif cached:
        lines = [f"No training: {count(cached)} from the cache."]
    elif outcome.executed:
        lines = ["No training: the notebooks have no studies."]
    else:
        lines = ["No training: the notebooks were not run again."]
    if request.profile or request.parameters:
        changed = [f"profile {request.profile}"] if request.profile else []
        changed += [f"{name}={value}" for name, value in request.parameters.items()]
        lines.append(f"Built with {', '.join(changed)}.")
    if outcome.executed:
        lines.append(cache_line(project))
    files = sorted(outcome.files, key=lambda path: path.stem != COMBINED)
    return [*lines, "", *(f"  {project.short(path)}" for path in files)]


def cache_line(project: Project) -> str:
    """How large the cache of trained runs is, after it was brought back to its bound."""
    n_entries, size, bound = bound_cache(environment.cache_folder())
    sizes = f"{size / 1e6:,.0f} MB of at most {bound / 1e6:,.0f} MB"
    return f"Cache: {n_entries:,} runs, {sizes}, in {project.short(environment.cache_folder())}."


def count(studies: Sequence[StudyProgress]) -> str:
    """`1 study`, `2 studies`"""
    return f"{len(studies)} {'study' if len(studies) == 1 else 'studies'}"
