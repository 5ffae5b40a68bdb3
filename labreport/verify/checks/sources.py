"""Which cells of a notebook that was handed in are as in the checker's own, and what is to be said of the others.

Answers, and Markdown that was added, are the student's own words. Of all else, what is not as here has to be looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ...hand_in.submission_checks import NO_ANSWER
from ...project.parameter_table import INJECTED
from ...project.texts import listed
from ..reading.cells import ExecutedCell
from ..reading.findings import FAILED, LOOK, NOTE, OwnCell

ANSWER, PARAMETERS = "answer", "parameters"
COMMENT = re.compile(r"<!--.*?-->|_", re.S)
LONGEST_EMPTY = 5000  # characters of an answer that may say nothing
# What Markdown may hold that looks like a result of the lab, or changes how one is shown.
NOT_WORDS = {
    "pictures": re.compile(r"!\[|<img\b|<svg\b", re.I),
    "tables": re.compile(
        r"^[ \t>]*(?:\|[ \t]*)?:?-+:?[ \t]*\|[-:| \t]*$|<table\b|\\begin\s*\{\w*(?:array|tab|matrix)", re.I | re.M
    ),
    "HTML": re.compile(r"<(?!https?:|mailto:)[a-z][^<>]*>", re.I),
    "listings": re.compile(r"^[ >]*(?:```|~~~)|^(?: {4}|\t)\S", re.M),
    "macros": re.compile(r"\\(?:(?:re|provide)?newcommand|[gex]?def|let|DeclareMathOperator)\b"),
}
Cells = Sequence[ExecutedCell]


@dataclass
class Sources:
    """`clean` are the code cells that are as here, up to the first that is not, `touched`; `own` are the student's."""

    clean: set[str] = field(default_factory=set)
    touched: str = ""
    own: list[OwnCell] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)  # level and sentence

    def tell(self, level: str, text: str, cells: Cells) -> None:
        if cells:
            ids = listed([cell.id for cell in cells], 8)
            self.told.append((level, f"{text}: {'cell' if len(cells) == 1 else 'cells'} {ids}"))


def compare_sources(notebook: str, ours: Cells, theirs: Cells) -> Sources:
    """The cells of a notebook here and there."""
    result = Sources()
    set_here = {cell.id for cell in ours if PARAMETERS in cell.tags}
    settings = {cell.id for cell in theirs if cell.id in set_here or INJECTED in cell.tags}
    result.tell(
        FAILED,
        "a cell that only sets values, and yet shows something",
        [cell for cell in theirs if cell.id in settings and cell.outputs],
    )
    compare_tags(result, ours, theirs)
    known = {cell.id: comments(cell) for cell in ours if cell.id in set_here}
    result.tell(
        LOOK,
        "other comments on parameters, which the report prints",
        [cell for cell in theirs if cell.id in known and comments(cell) != known[cell.id]],
    )
    ours, theirs = ([cell for cell in cells if cell.id not in settings | set_here] for cells in (ours, theirs))
    here, there = ({cell.id: cell for cell in cells} for cells in (ours, theirs))
    changed = [cell for cell in theirs if cell.id in here and written(cell) != written(here[cell.id])]
    added = [cell for cell in theirs if cell.id not in here]
    removed = [cell for cell in ours if cell.id not in there]
    answers = {cell.id for cell in ours if is_answer(cell)}
    code = [cell for cell in changed if cell.is_code or here[cell.id].is_code]
    words = [cell for cell in changed if cell.kind == "markdown" and cell.id in answers]
    texts = [cell for cell in changed if cell not in code and cell not in words]
    words += [cell for cell in added if cell.kind == "markdown"]
    others = [cell for cell in added if cell.kind != "markdown"]
    result.tell(LOOK, "changed code, which is not run here", code)
    result.tell(LOOK, "added code, which is not run here", others)
    result.tell(LOOK, "removed code", [cell for cell in removed if cell.is_code])
    result.tell(LOOK, "changed text that is no answer", texts)
    result.tell(LOOK, "removed text", [cell for cell in removed if not cell.is_code and cell.id not in answers])
    compare_answers(result, [cell for cell in ours if cell.id in answers], there)
    result.tell(NOTE, "the student's own words", words)
    for what, pattern in NOT_WORDS.items():
        result.tell(LOOK, f"the student's own words hold {what}", [cell for cell in words if holds(cell, pattern)])
    moved = [a for a, b in zip(common(ours, there), common(theirs, here), strict=True) if a.id != b.id]
    result.tell(LOOK, "cells in another order, from", moved[:1])
    result.own = [
        OwnCell(notebook, cell.id, cell.is_code, cell.source, here[cell.id].source if cell.id in here else "")
        for cell in (*code, *others, *words, *texts)
    ]
    follow_code(result, [cell for cell in ours if cell.is_code], [cell for cell in theirs if cell.is_code])
    return result


def comments(cell: ExecutedCell) -> list[str]:
    """What a cell of parameters says of each; its values are compared elsewhere."""
    return [line.partition("=")[0].split(":")[0].strip() + line.rpartition("#")[2] for line in cell.source.split("\n")]


def compare_tags(result: Sources, ours: Cells, theirs: Cells) -> None:
    """Tags, and what else decides whether and how the report shows a cell."""
    here = {cell.id: cell.tags for cell in ours}
    other = [cell for cell in theirs if cell.id in here and cell.tags != here[cell.id]]
    tags = sorted({tag for cell in other for tag in {*cell.tags} ^ {*here[cell.id]}})
    result.tell(LOOK, f"other tags, which may hide what the lab shows ({listed(tags, 5)})", other)


def compare_answers(result: Sources, answers: Cells, there: dict[str, ExecutedCell]) -> None:
    """Answers that are none."""
    given = [(mine, there[mine.id].source) for mine in answers if mine.id in there]
    empty = [mine for mine, source in given if is_empty(source)]
    delivered = [mine for mine, source in given if source.split() == mine.source.split() and mine not in empty]
    result.tell(LOOK, "the answer was removed", [mine for mine in answers if mine.id not in there])
    result.tell(LOOK, "the answer is empty", empty)
    result.tell(LOOK, "the answer is the one that came with the lab", delivered)


def is_empty(answer: str) -> bool:
    return len(answer) < LONGEST_EMPTY and bool(NO_ANSWER.fullmatch(COMMENT.sub("", answer)))


def is_answer(cell: ExecutedCell) -> bool:
    return cell.kind == "markdown" and ANSWER in cell.tags


def holds(cell: ExecutedCell, pattern: re.Pattern) -> bool:
    return bool(pattern.search(cell.source)) or (bool(cell.attached) and pattern is NOT_WORDS["pictures"])


def written(cell: ExecutedCell) -> tuple[str, str, str]:
    """What a person writes in a cell."""
    return cell.kind, cell.source, cell.attached


def common(cells: Cells, others: dict[str, ExecutedCell]) -> Iterator[ExecutedCell]:
    return (cell for cell in cells if cell.id in others)


def follow_code(result: Sources, ours: Cells, theirs: Cells) -> None:
    """Note the code cells that are as here, up to the first that is not."""
    there = {cell.id for cell in theirs}
    for mine, other in zip_longest(ours, theirs):
        if not mine or not other or (mine.id, mine.source) != (other.id, other.source):
            is_gone = mine and mine.id not in there
            result.touched = (mine if is_gone or not other else other).id
            return
        result.clean.add(mine.id)
