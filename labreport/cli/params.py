"""`params`: print the parameters of notebooks."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import chain

from ..build.request import Request, resolve_parameters
from ..project.labs import load_lab
from ..project.parameter_table import Row, rows
from ..project.project import Project
from .columns import aligned_lines, broken, needed
from .report import find_names

INDENT = "  "


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("names", nargs="*", metavar="NAME", help="lab, then its notebooks, as `params r2 05`")
    command.add_argument("--profile", default="", help="show the values of this parameter set of the lab file")


def run(options: argparse.Namespace) -> int:
    """Print a table for each notebook, with the lab's value beside the default where it differs."""
    project = Project(options.root.resolve())
    lab, notebooks = find_names(project, options.names)
    request = Request(lab=load_lab(project, lab), notebooks=notebooks, profile=options.profile)
    values = resolve_parameters(request)
    owner = f"{lab}, {options.profile}" if options.profile else lab
    for number, notebook in enumerate(request.chosen()):
        print("\n" * (number > 0) + project.short(notebook.path))
        table = rows(notebook.schema, values[notebook.name])
        for line in lines(table, owner) if table else ["no parameters"]:
            print(INDENT + line)
    return 0


def lines(table: Sequence[Row], owner: str) -> Iterator[str]:
    """The table of a notebook; on a narrow terminal, each meaning stands below its parameter."""
    meanings = ["meaning", *(row.meaning for row in table)]
    cells = list(columns(table, owner))
    whole = [[*row, meaning] for row, meaning in zip(cells, meanings, strict=True)]
    width = shutil.get_terminal_size().columns - len(INDENT)
    if not sys.stdout.isatty() or needed(whole) <= width:  # a file takes lines of any length
        yield from chain.from_iterable(aligned_lines(whole, needed(whole)))
        return
    for row, meaning in zip(aligned_lines(cells, width), meanings, strict=True):
        yield from row
        yield from (2 * INDENT + line for line in broken(meaning, width - 2 * len(INDENT)))


def columns(table: Sequence[Row], owner: str) -> Iterator[list[str]]:
    """All but the meanings, below a head; there is a column for the values of `owner` if one is not the default."""
    differ = any(row.changed for row in table)
    yield ["name", "type", "default", *[owner] * differ, "range"]
    for row in table:
        value = repr(row.value) if row.changed else ""
        yield [row.name, row.type, repr(row.default), *[value] * differ, row.range]
