"""Which cells of a notebook that was handed in are as in the checker's own, and what is to be said of the others.

Answers, and Markdown that was added, are the student's own words. Of all else, what is not as here has to be looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from ...project.exercises import has_solution
from ...project.parameter_table import INJECTED
from ...project.texts import listed
from ..answers import DELIVERED, EMPTY, NEARLY, state
from ..reading.cells import ExecutedCell
from ..reading.findings import FAILED, LOOK, NOTE, Finding, OwnCell

NAMED = 8  # cells in a sentence
ANSWER, PARAMETERS, PROMPT = "answer", "parameters", "prompt"
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

    notebook: str
    clean: set[str] = field(default_factory=set)
    touched: str = ""
    own: list[OwnCell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def tell(self, level: str, text: str, cells: Sequence[str], step: str = "notebooks") -> None:
        """Say something of cells, if there are any."""
        if cells:
            named = f"{'cell' if len(cells) == 1 else 'cells'} {listed(cells, NAMED)}"
            key = f"{self.notebook}/{cells[0]}"
            details = tuple(cells) if len(cells) > NAMED else ()
            self.findings.append(Finding(level, step, f"{self.notebook}: {text}: {named}", key, details=details))


def compare_sources(notebook: str, ours: Cells, theirs: Cells) -> Sources:
    """The cells of a notebook here and there."""
    result = Sources(notebook)
    set_here = {cell.id for cell in ours if PARAMETERS in cell.tags}
    settings = {cell.id for cell in theirs if cell.id in set_here or INJECTED in cell.tags}
    compare_settings(result, [cell for cell in ours if cell.id in set_here], [c for c in theirs if c.id in settings])
    compare_tags(result, ours, theirs)
    ours, theirs = ([cell for cell in cells if cell.id not in settings | set_here] for cells in (ours, theirs))
    here, there = ({cell.id: cell for cell in cells} for cells in (ours, theirs))
    changed = [cell for cell in theirs if cell.id in here and written(cell) != written(here[cell.id])]
    added = [cell for cell in theirs if cell.id not in here]
    removed = [cell for cell in ours if cell.id not in there]
    asked = answers_asked(ours)
    code = [cell for cell in changed if cell.is_code or here[cell.id].is_code]
    words = [cell for cell in changed if cell.kind == "markdown" and cell.id in asked and cell not in code]
    texts = [cell for cell in changed if cell not in code and cell not in words]
    words += [cell for cell in added if cell.kind == "markdown"]
    others = [cell for cell in added if cell.kind != "markdown"]
    gone = [cell for cell in removed if not cell.is_code and cell.id not in asked]
    result.tell(LOOK, "changed code, which is not run here", ids(code))
    result.tell(LOOK, "added code, which is not run here", ids(others))
    result.tell(LOOK, "removed code", [cell.id for cell in removed if cell.is_code])
    result.tell(LOOK, "changed text that is no answer", ids(texts))
    result.tell(LOOK, "removed text", ids(gone))
    result.tell(NOTE, "the student's own words", ids(words))
    for what, pattern in NOT_WORDS.items():
        result.tell(LOOK, f"the student's own words hold {what}", [cell.id for cell in words if holds(cell, pattern)])
    moved = [a.id for a, b in zip(common(ours, there), common(theirs, here), strict=True) if a.id != b.id]
    result.tell(LOOK, "cells in another order, from", moved[:1])
    shown = {*asked, *ids(code), *ids(others), *ids(words), *ids(texts)}
    result.own = [own_cell(notebook, cell, here.get(cell.id), asked) for cell in theirs if cell.id in shown]
    compare_answers(result, [cell.id for cell in removed if cell.id in asked])
    follow_code(result, [cell for cell in ours if cell.is_code], [cell for cell in theirs if cell.is_code])
    return result


def ids(cells: Cells) -> list[str]:
    return [cell.id for cell in cells]


def own_cell(notebook: str, cell: ExecutedCell, here: ExecutedCell | None, asked: dict[str, str]) -> OwnCell:
    delivered = here.source if here else ""
    return OwnCell(
        notebook, cell.id, cell.is_code, cell.source, delivered, asked.get(cell.id, ""), is_answer=cell.id in asked
    )


def answers_asked(ours: Cells) -> dict[str, str]:
    """The prompt of each cell that students write, by its id; "" where no prompt stands above."""
    asked, prompt = {}, ""
    for before, cell in pairwise([None, *ours]):
        if PROMPT in cell.tags:
            prompt = cell.source
        elif is_answer(cell) or has_solution(cell.source) or (cell.is_code and before and PROMPT in before.tags):
            asked[cell.id], prompt = prompt, ""
    return asked


def compare_settings(result: Sources, ours: Cells, theirs: Cells) -> None:
    """Cells that set parameters; the values are compared elsewhere."""
    shows = [cell for cell in theirs if cell.outputs]
    result.tell(FAILED, "a cell that only sets values, and yet shows something", ids(shows))
    known = {cell.id: comments(cell) for cell in ours}
    other = [cell for cell in theirs if cell.id in known and comments(cell) != known[cell.id]]
    result.tell(LOOK, "other comments on parameters, which the report prints", ids(other))


def comments(cell: ExecutedCell) -> list[str]:
    """What a cell of parameters says of each, beside its value."""
    return [line.partition("=")[0].split(":")[0].strip() + line.rpartition("#")[2] for line in cell.source.split("\n")]


def compare_tags(result: Sources, ours: Cells, theirs: Cells) -> None:
    """Tags, and what else decides whether and how the report shows a cell."""
    here = {cell.id: cell.tags for cell in ours}
    other = [cell for cell in theirs if cell.id in here and cell.tags != here[cell.id]]
    tags = sorted({tag for cell in other for tag in {*cell.tags} ^ {*here[cell.id]}})
    result.tell(LOOK, f"other tags, which may hide what the lab shows ({listed(tags, 5)})", ids(other))


def compare_answers(result: Sources, removed: Sequence[str]) -> None:
    """Answers that are none of the student's own."""
    by_state: dict[str, list[str]] = {EMPTY: [], DELIVERED: [], NEARLY: []}
    for own in result.own:
        if own.is_answer and (found := state(own.text, own.here, own.is_code)):
            by_state[found].append(own.cell)
    result.tell(LOOK, "the answer was removed", removed, "answers")
    result.tell(LOOK, "the answer is empty", by_state[EMPTY], "answers")
    result.tell(LOOK, "the answer is the one that came with the lab", by_state[DELIVERED], "answers")
    result.tell(LOOK, "the answer is nearly the one that came with the lab", by_state[NEARLY], "answers")


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
