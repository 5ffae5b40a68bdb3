"""The command line: `python -m labkit report`, `reproduce`, `edit`, `data` and `clean`."""

import argparse
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from labkit.errors import LabError, choice
from labkit.report.build import COMBINED, Outcome, Request, build_lab
from labkit.report.freshness import LIBRARY
from labkit.report.labs import lab_names, load_lab
from labkit.report.project import Project
from labkit.report.terminal import Study, Terminal, WarningLines

DEFAULT_LAB = "backprop"
REPRODUCED = ("r0", "r1", "r2", "r3", "r4", "claims")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m labkit", description="Lab reports on back-propagation.")
    top.add_argument("--root", type=Path, default=LIBRARY.parent, help="project folder (default: this one)")
    commands = top.add_subparsers(dest="command", required=True)

    report = commands.add_parser("report", help="run a lab and write its HTML and PDF")
    report.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"lab (default {DEFAULT_LAB}), then its notebooks (default all)",
    )
    report.add_argument(
        "-p",
        dest="parameters",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter; repeatable",
    )
    report.set_defaults(run=run_report)

    reproduce = commands.add_parser("reproduce", help=f"build the labs {', '.join(REPRODUCED)}")
    reproduce.set_defaults(run=run_reproduce, parameters=[])
    for command in (report, reproduce):
        command.add_argument("--profile", default="", help="parameter set of the lab file, for example quick")
        command.add_argument("--author", default="", help="name in the title block (or environment LABKIT_AUTHOR)")
        command.add_argument("--student-id", default="", help="number in the title block (or LABKIT_STUDENT_ID)")

    edit = commands.add_parser("edit", help="open the notebooks in JupyterLab, which also takes options of its own")
    edit.set_defaults(run=run_edit)

    data = commands.add_parser("data", help="get a data set that is not in the package")
    data.add_argument("dataset", help="mnist")
    way = data.add_mutually_exclusive_group(required=True)
    way.add_argument("--from", dest="source", type=Path, metavar="DIR", help="copy its four files from a folder")
    way.add_argument("--download", action="store_true", help="fetch them; a broken download goes on where it stopped")
    data.set_defaults(run=run_data)

    clean = commands.add_parser("clean", help="remove all reports; trained studies stay in the cache")
    clean.set_defaults(run=run_clean)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit codes: 0 all well, 1 a notebook failed, 2 a wrong request, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that lacks a character must not end the build
    options, options.rest = parser().parse_known_args(arguments)
    if options.rest and options.command != "edit":
        parser().error(f"unrecognized arguments: {' '.join(options.rest)}")
    try:
        return options.run(options)
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped: no file was left half written", file=sys.stderr)
        return 130


def run_report(options: argparse.Namespace) -> int:
    """Build a lab, or some notebooks of it, and print where the files are."""
    project = Project(options.root.resolve())
    lab, notebooks = find_names(project, options.names)
    request = Request(
        lab=load_lab(project, lab),
        notebooks=notebooks,
        profile=options.profile,
        parameters=dict(split_parameter(text) for text in options.parameters),
        author=options.author or os.environ.get("LABKIT_AUTHOR", ""),
        student_id=options.student_id or os.environ.get("LABKIT_STUDENT_ID", ""),
    )
    terminal = Terminal(sys.stdout)
    logging.getLogger("labkit").handlers = [WarningLines(terminal)]
    outcome = build_lab(project, request, terminal)
    for error in outcome.errors.values():
        print(f"\nerror: {error}", file=sys.stderr)
    if outcome.errors:
        if (project.reports(lab) / f"{COMBINED}.html").exists():
            folder = project.short(project.reports(lab))
            print(f"\nThe last complete report is still in {folder}.", file=sys.stderr)
        return 1
    for line in summary(project, request, outcome):
        terminal.line(line)
    return 0


def run_reproduce(options: argparse.Namespace) -> int:
    """Build the labs of the five reports and the ledger of their claims, one after the other; the worst exit code."""
    codes = []
    for lab in REPRODUCED:
        print(f"\n{lab}")
        options.names = [lab]
        codes.append(run_report(options))
    return max(codes)


def find_names(project: Project, names: Sequence[str]) -> tuple[str, list[str]]:
    """Lab and notebooks of the names typed: the first may be a lab, all may be notebooks."""
    labs = lab_names(project)
    if names and names[0] in labs:
        return names[0], list(names[1:])
    if not names or DEFAULT_LAB not in labs:
        choice("lab", names[0] if names else DEFAULT_LAB, labs or [DEFAULT_LAB])
        return DEFAULT_LAB, []
    known = [notebook.name for notebook in load_lab(project, DEFAULT_LAB).notebooks]
    if not any(known_name.startswith(names[0]) for known_name in known):
        choice("lab or notebook", names[0], [*labs, *known])
    return DEFAULT_LAB, list(names)


def split_parameter(text: str) -> tuple[str, str]:
    """Name and value of `name=value`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise LabError(f"-p must be name=value, as -p lr=0.1; got {text!r}")
    return name.strip(), value


def summary(project: Project, request: Request, outcome: Outcome) -> list[str]:
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
    files = sorted(outcome.files, key=lambda path: path.stem != COMBINED)
    return [*lines, "", *(f"  {project.short(path)}" for path in files)]


def count(studies: Sequence[Study]) -> str:
    """`1 study`, `2 studies`"""
    return f"{len(studies)} {'study' if len(studies) == 1 else 'studies'}"


def run_edit(options: argparse.Namespace) -> int:
    """Open JupyterLab on the notebooks, with this interpreter and this labkit."""
    notebooks = Project(options.root.resolve()).notebooks
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}", *options.rest]
    path = os.pathsep.join(filter(None, [str(LIBRARY.parent), os.environ.get("PYTHONPATH")]))
    try:
        return subprocess.call(command, env=os.environ | {"PYTHONPATH": path})
    except KeyboardInterrupt:
        return 0


def run_data(options: argparse.Namespace) -> int:
    """Get a data set, check every byte of it, and say where it is."""
    choice("data set", options.dataset, ["mnist"])
    from labkit.images import copy_mnist, download_mnist

    folder = copy_mnist(options.source) if options.source else download_mnist()
    print(f"MNIST is complete and checked, in {folder}")
    return 0


def run_clean(options: argparse.Namespace) -> int:
    """Remove the report folders."""
    project = Project(options.root.resolve())
    for folder in sorted(path for path in (project.root / "reports").glob("*") if path.is_dir()):
        shutil.rmtree(folder)
        print(f"removed {project.short(folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
