"""class.csv: the authors of a class, a line each, with a heading line `author,student_id`. All of it is checked before
anything is built."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import LabError

from ..hand_in.submission import MAX_NAME, is_author, is_number
from ..project.spreadsheet import read_spreadsheet
from ..project.texts import printable
from ..verify.reading.archive import DEVICES

COLUMNS = {"author": ("author", "name"), "student_id": ("student_id", "number")}  # what each may be called
MOST_PROBLEMS = 10


@dataclass(frozen=True)
class Author:
    """Who a report is made for, and the line of class.csv that says so."""

    author: str
    student_id: str
    line: int

    def __str__(self) -> str:
        return f"{self.student_id} {self.author} (line {self.line})"


def read_class(path: Path) -> list[Author]:
    """The authors of a class. Raise LabError that names every line to be mended."""
    rows = [(line, row) for line, row in read_spreadsheet(path) if any(map(str.strip, row))]
    if not rows:
        raise LabError(f"{path} is empty: it needs a heading line `author,student_id`, and a line for each author")
    (_, head), *rest = rows
    places = {name: column(path, head, name) for name in COLUMNS}
    if not rest:
        raise LabError(f"{path} names no author: below the heading line, it needs a line for each")
    problems, authors = [], []
    for line, row in rest:
        if any(map(str.strip, row[len(head) :])) or len(row) <= max(places.values()):
            problems.append(f'line {line} has {len(row)} cells, the heading {len(head)}; a comma belongs in "quotes"')
        else:
            authors.append(Author(**{name: row[place].strip() for name, place in places.items()}, line=line))
    problems += unusable(authors)
    if problems:
        more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        told = "\n  ".join([f"{path} cannot be used:", *problems[:MOST_PROBLEMS], *more])
        raise LabError(f"{told}\nNothing was built.")
    return authors


def column(path: Path, head: Sequence[str], name: str) -> int:
    """Where the column of a name stands."""
    called = [cell.strip().casefold().replace(" ", "_") for cell in head]
    found = [place for place, cell in enumerate(called) if cell in COLUMNS[name]]
    if len(found) != 1:
        how_many = f"{len(found)} columns" if found else "no column"
        names = " or ".join(map(repr, COLUMNS[name]))
        raise LabError(f"{path} has {how_many} called {names}; its heading line is {printable(', '.join(head))!r}")
    return found[0]


def unusable(authors: Sequence[Author]) -> Iterator[str]:
    """A sentence for each line that no report can be made of, or that would overwrite that of another."""
    lines: dict[str, int] = {}
    for one in authors:
        number = one.student_id
        if not one.author:
            yield f"line {one.line}: the name is empty"
        elif not is_author(one.author):
            yield f"line {one.line}: {printable(one.author)!r} is no name in one line of up to {MAX_NAME} characters"
        if not number:
            yield f"line {one.line}: the student number is empty"
        elif not is_number(number):
            allowed = "up to 40 letters a to z, digits, - and _"
            yield f"line {one.line}: the student number may have {allowed}; got {printable(number)!r}"
        elif DEVICES.fullmatch(number):
            yield f"line {one.line}: no folder may be called {number!r} on Windows"
        elif (before := lines.setdefault(number.casefold(), one.line)) != one.line:
            yield f"line {one.line}: the student number {number!r} is that of line {before}; capitals do not count"
