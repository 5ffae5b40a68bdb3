"""A notebook that was handed in against the checker's own, cell by cell.

What the student wrote is theirs: Markdown is listed, and code of their own is not run. But an unchanged cell, with no
changed code before it, can only show what it shows here.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from labkit.training.config import RunConfig

from ...project.parameter_table import INJECTED
from ...project.texts import listed, printable
from ...run.drawing import draws_as_pinned
from ..reading.cells import ExecutedCell, Output
from ..reading.findings import FAILED, LOOK, NOTE, Finding
from ..reading.numbers import deviation, numbers
from . import tables
from .rerun import Own
from .retrain import run_text

STEP = "tables"
MEASURED = "measured"  # the tag of a cell that shows measured time
FAR = 0.25  # of the numbers of a notebook may lie beyond the tolerance on another platform
DRAWN = re.compile(r"(?<![\w.#-])-?\d{1,9}(?:\.\d{1,9})?(?![\w.])")  # a coordinate of an SVG
SVG_TAG = re.compile(r"(<[^>]*>)")
MOVED = 3.0  # points of a drawing of about 400
Tables = Mapping[str, list[list[str]]]


@dataclass
class Comparison:
    """One notebook: `exact` where platform and versions are the same, so that outputs must be equal.

    `clean` are the code cells that are as here, up to the first that is not, `touched`; `words` is the student's own
    Markdown.
    """

    name: str
    exact: bool
    clean: set[str] = field(default_factory=set)
    touched: str = ""
    words: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    n_numbers: int = 0
    n_figures: int = 0

    def add(self, level: str, text: str) -> None:
        self.findings.append(Finding(level, STEP, f"{self.name}: {text}"))

    def close(self) -> None:
        """Say what lies beyond the tolerance of another platform."""
        if self.beyond:
            level = LOOK if len(self.beyond) <= FAR * self.n_numbers else FAILED
            compared = f"{self.n_numbers:,} numbers, {self.n_figures} figures compared"
            self.add(level, f"beyond the tolerance in {len(self.beyond)} places ({compared}): {listed(self.beyond)}")


def is_parameters(cell: ExecutedCell) -> bool:
    """Whether it is one of the cells of literals, whose values the checker's notebook was given."""
    return bool({"parameters", INJECTED} & set(cell.tags))


def compare_sources(result: Comparison, ours: Sequence[ExecutedCell], theirs: Sequence[ExecutedCell]) -> None:
    """Which cells are the student's own, and from where on their code may change what other cells show."""
    if showing := [cell.id for cell in theirs if is_parameters(cell) and cell.outputs]:
        result.add(FAILED, f"cells that only set values, and yet show something: {listed(showing)}")
    ours, theirs = ([cell for cell in cells if not is_parameters(cell)] for cells in (ours, theirs))
    found = edits(ours, theirs)
    for verb, cells in found.items():
        if code := [cell.id for cell in code_of(cells)]:
            unchecked = "" if verb == "removed" else "; what it shows is not checked"
            result.add(LOOK, f"{verb} code{unchecked}: cells {listed(code, 8)}")
        if text := [cell.id for cell in cells if cell.kind != "code"]:
            result.add(NOTE, f"{verb} text, in the student's own words: cells {listed(text, 8)}")
    tags = {cell.id: sorted(cell.tags) for cell in ours}
    if tagged := [cell.id for cell in theirs if cell.id in tags and sorted(cell.tags) != tags[cell.id]]:
        result.add(NOTE, f"other tags, which decide what the report shows: cells {listed(tagged, 8)}")
    own = [*found["changed"], *found["added"]]
    result.words = [cell.source for cell in own if cell.kind != "code" and cell.source.strip()]
    follow_code(result, code_of(ours), code_of(theirs))
    if result.touched and sources(ours) == sources(theirs):
        result.add(LOOK, f"code in another order, from cell {result.touched}")


def edits(ours: Sequence[ExecutedCell], theirs: Sequence[ExecutedCell]) -> dict[str, list[ExecutedCell]]:
    """The cells that a student changed, added and removed."""
    mine, there = ({cell.id: cell for cell in cells} for cells in (ours, theirs))
    return {
        "changed": [cell for cell in theirs if cell.id in mine and written(cell) != written(mine[cell.id])],
        "added": [cell for cell in theirs if cell.id not in mine],
        "removed": [cell for cell in ours if cell.id not in there],
    }


def follow_code(result: Comparison, ours: Sequence[ExecutedCell], theirs: Sequence[ExecutedCell]) -> None:
    """Note the code cells that are as here, up to the first that is not."""
    for mine, other in zip_longest(ours, theirs):
        if not mine or not other or (mine.id, mine.source) != (other.id, other.source):
            result.touched = (other or mine).id
            return
        result.clean.add(mine.id)


def sources(cells: Sequence[ExecutedCell]) -> dict[str, str]:
    return {cell.id: cell.source for cell in code_of(cells)}


def code_of(cells: Sequence[ExecutedCell]) -> list[ExecutedCell]:
    return [cell for cell in cells if cell.kind == "code"]


def written(cell: ExecutedCell) -> tuple[str, str, str]:
    """What a person writes in a cell."""
    return cell.kind, cell.source, cell.attached


def compare_outputs(result: Comparison, ours: Sequence[ExecutedCell], theirs: Sequence[ExecutedCell]) -> None:
    """What the cells show whose source is the same."""
    there = {cell.id: cell for cell in theirs}
    for mine in ours:
        other = there.get(mine.id)
        if mine.kind != "code" or MEASURED in mine.tags or is_parameters(mine):
            continue
        if other is None or other.source != mine.source:
            continue
        found = list(output_differences(mine.outputs, other.outputs))
        if mine.id in result.clean:
            count_shown(result, mine.outputs)
            blame(result, f"cell {mine.id}", found)
        elif found:
            text = f"cell {mine.id} does not show what it gives here, as may be: before it stands {result.touched}"
            result.add(NOTE, text)


def blame(result: Comparison, where: str, found: Sequence[tuple[str, float]]) -> None:
    """Differences that no code of the student explains: none is allowed, but on another platform a tolerance."""
    if not result.exact:
        result.beyond += [f"{where}: {text}" for text, far in found if far > 1]
    elif found:
        result.add(FAILED, f"{where} is not what it gives here: {listed([text for text, _ in found])}")


def count_shown(result: Comparison, outputs: Sequence[Output]) -> None:
    for output in outputs:
        result.n_numbers += tables.n_numbers(output.grid) + len(numbers(output.text))
        result.n_figures += output.kind == "figure" and draws_as_pinned()


def output_differences(ours: Sequence[Output], theirs: Sequence[Output]) -> Iterator[tuple[str, float]]:
    """What two runs of a cell show differently, in words, and how far apart: as a multiple of the tolerance."""
    if len(ours) != len(theirs):
        yield f"{len(theirs)} outputs, here {len(ours)}", math.inf
        return
    for mine, other in zip(ours, theirs, strict=True):
        if mine.sha != other.sha:
            found = list(output_differences_of(mine, other))
            if not found and mine.pictures == other.pictures and not tables.measured_columns(mine.grid[: mine.n_head]):
                found = [("a part that a reader does not see", 0.0)]
            yield from found


def output_differences_of(mine: Output, other: Output) -> Iterator[tuple[str, float]]:
    """What a reader sees in one output and not in the other."""
    name = printable(mine.label or mine.csv, 40)
    if mine.kind != other.kind:
        yield f"a {other.kind}, here a {mine.kind}", math.inf
        return
    for theirs, ours, far in tables.differing_texts(mine.grid, other.grid, mine.n_head):
        yield f"table {name}: {theirs!r}, here {ours!r}", far
    if mine.pictures != other.pictures and draws_as_pinned():
        yield f"figure {name} is another picture", moved(mine.drawing, other.drawing)
    if mine.text != other.text:
        yield (
            f"{around(other.text, mine.text)!r}, here {around(mine.text, other.text)!r}",
            deviation(mine.text, other.text),
        )


def moved(mine: str, theirs: str) -> float:
    """How far the lines of two drawings lie apart, as a multiple of what another platform may move them.

    The words of a drawing, and the numbers among them, are no coordinates: they have to be the same.
    """
    drawings = [SVG_TAG.split(drawing) for drawing in (mine, theirs)]
    if drawings[0][::2] != drawings[1][::2]:
        return math.inf
    mine, theirs = ("".join(pieces[1::2]) for pieces in drawings)
    ours, others = (DRAWN.findall(drawing) for drawing in (mine, theirs))
    if DRAWN.sub("#", mine) != DRAWN.sub("#", theirs) or len(ours) != len(others) or not ours:
        return math.inf
    return max(abs(float(a) - float(b)) for a, b in zip(ours, others, strict=True)) / MOVED


def around(text: str, other: str) -> str:
    """The place where a text begins to differ from the other."""
    same = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    return ("…" if same > 20 else "") + text[max(0, same - 20) : same + 40]


def compare_files(result: Comparison, own: Own, theirs: Tables) -> None:
    """The CSV files of the tables, where no code of the student's made them."""
    made_by = {f"{result.name}-{output.csv}": cell.id for cell in own.cells for output in cell.outputs if output.csv}
    for file, rows in own.tables.items():
        clean = made_by.get(file) in result.clean if file in made_by else not result.touched
        if not clean:
            continue
        if file not in theirs:
            result.add(FAILED, f"{file} is missing")
            continue
        result.n_numbers += sum(len(row) for row in rows)
        found = [(f"{a!r}, here {b!r}", far) for a, b, far in tables.differing_texts(rows, theirs[file], 1)]
        blame(result, file, found)
    if extra := [file for file in theirs if file not in own.tables and not result.touched]:
        result.add(FAILED, f"tables that no cell makes: {listed(extra)}")


def compare_texts_with_files(result: Comparison, cells: Sequence[ExecutedCell], theirs: Tables, done: Set[str]) -> None:
    """Tables that were not compared with ours, number by number, against their own CSV files."""
    for cell in cells:
        if cell.id in done:
            continue
        for output in cell.outputs:
            if not output.csv:
                continue
            rows = theirs.get(f"{result.name}-{output.csv}")
            if rows is None:
                result.add(LOOK, f"the table of cell {cell.id} has no {output.csv}")
            elif found := tables.unexplained(output, rows):
                result.add(LOOK, f"the table of cell {cell.id} shows what {output.csv} does not hold: {listed(found)}")


def compare_runs(result: Comparison, own: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> None:
    """Which runs were recorded: with these parameters the notebook makes just these."""
    ours, others = ({json.dumps(run["config"], sort_keys=True) for run in runs} for runs in (own, theirs))
    # which runs are made may follow from results, as after a search: on another platform they may be others
    level = FAILED if result.exact and not result.touched else LOOK
    for verb, configs in (("were recorded that it does not make", others - ours), ("are missing", ours - others)):
        if configs:
            one = RunConfig(**json.loads(min(configs)))
            text = f"{len(configs):,} runs {verb} with these parameters, as {run_text(one)}"
            result.add(level, f"{text}; changed code may be why" if result.touched else text)
