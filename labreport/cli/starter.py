"""`starter`: a copy of the project for students, without solutions and answers."""

import argparse
from pathlib import Path

from labkit.files import write_all

from ..hand_in.bundle import zip_of
from ..hand_out.starter import in_folder, make_starter
from ..project.labs import load_lab
from ..project.project import Project
from .report import DEFAULT_LAB


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("lab", nargs="?", default=DEFAULT_LAB, help=f"lab that it builds (default {DEFAULT_LAB})")
    command.add_argument("--to", type=Path, metavar="DIR", help="write its files into this folder, instead of a zip")


def run(options: argparse.Namespace) -> int:
    """Write a zip into reports/, or a folder."""
    project = Project(options.root.resolve())
    lab = load_lab(project, options.lab)
    starter = make_starter(project, lab.name)
    place = options.to or project.root / "reports" / f"starter_{lab.name}.zip"
    if options.to:
        write_all(in_folder(starter, place), durable=False)
    else:
        write_all({place: zip_of({f"{lab.name}/{name}": content for name, content in starter.files.items()})})
    n_answers, n_exercises = starter.counts["answers"], starter.counts["exercises"]
    print(f"{project.short(place)}: the project without {n_answers} answers and {n_exercises} solutions in code.")
    print(f"Students unpack it, and `make report` builds the lab {lab.name!r}, in which all that is open is marked.")
    return 0
