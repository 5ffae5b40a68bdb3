"""A notebook that was handed in against the checker's own, cell by cell.

What the student wrote is theirs: Markdown is listed, and code of their own is not run. But an unchanged cell, with no
changed code before it, can only show what it shows here.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from labkit.experiments.config import RunConfig

from ...project.parameter_table import INJECTED
from ...run.drawing import draws_as_pinned
from ..reading.cells import Cell, Output
from ..reading.findings import FAILED, LOOK, NOTE, Finding, listed, printable
from ..reading.numbers import deviation, numbers
from . import tables
from .rerun import Own
from .retrain import describe

STEP = "tables"
MEASURED = "measured"  # the tag of a cell that shows measured time
FAR = 0.25  # of the numbers of a notebook may lie beyond the tolerance on another platform
DRAWN = re.compile(r"(?<![\w.#-])-?\d{1,9}(?:\.\d{1,9})?(?![\w.])")  # a coordinate of an SVG
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


def is_parameters(cell: Cell) -> bool:
    """Whether it is one of the cells of literals, whose values the checker's notebook was given."""
    return bool({"parameters", INJECTED} & set(cell.tags))


def compare_sources(result: Comparison, ours: Sequence[Cell], theirs: Sequence[Cell]) -> None:
    """Which cells are the student's own, and from where on their code may change what other cells show."""
    if showing := [cell.id for cell in theirs if is_parameters(cell) and cell.outputs]:
        result.add(FAILED, f"cells that only set values, and yet show something: {listed(showing)}")
    ours, theirs = ([cell for cell in cells if not is_parameters(cell)] for cells in (ours, theirs))
    mine, there = ({cell.id: cell for cell in cells} for cells in (ours, theirs))
    changed = [cell for cell in theirs if cell.id in mine and written(cell) != written(mine[cell.id])]
    added = [cell for cell in theirs if cell.id not in mine]
    removed = [cell for cell in ours if cell.id not in there]
    for verb, cells in (("changed", changed), ("added", added), ("removed", removed)):
        if code := [cell.id for cell in cells if cell.kind == "code"]:
            unchecked = "" if verb == "removed" else "; what it shows is not checked"
            result.add(LOOK, f"{verb} code{unchecked}: cells {listed(code, 8)}")
        if text := [cell.id for cell in cells if cell.kind != "code"]:
            result.add(NOTE, f"{verb} text, in the student's own words: cells {listed(text, 8)}")
    if tagged := [cell.id for cell in theirs if cell.id in mine and sorted(cell.tags) != sorted(mine[cell.id].tags)]:
        result.add(NOTE, f"other tags, which decide what the report shows: cells {listed(tagged, 8)}")
    result.words = [cell.source for cell in [*changed, *added] if cell.kind != "code" and cell.source.strip()]
    ours, theirs = ([cell for cell in cells if cell.kind == "code"] for cells in (ours, theirs))
    for a, b in zip(ours, theirs, strict=False):
        if (a.id, a.source) != (b.id, b.source):
            result.touched = b.id
            break
        result.clean.add(a.id)
    else:
        if len(ours) != len(theirs):
            result.touched = max(ours, theirs, key=len)[min(len(ours), len(theirs))].id
    if result.touched and {c.id for c in ours} == {c.id for c in theirs} and not any(c.kind == "code" for c in changed):
        result.add(LOOK, f"code in another order, from cell {result.touched}")


def written(cell: Cell) -> tuple[str, str, str]:
    """What a person writes in a cell."""
    return cell.kind, cell.source, cell.attached


def compare_outputs(result: Comparison, ours: Sequence[Cell], theirs: Sequence[Cell]) -> None:
    """What the cells show whose source is the same."""
    there = {cell.id: cell for cell in theirs}
    for mine in ours:
        other = there.get(mine.id)
        if mine.kind != "code" or MEASURED in mine.tags or is_parameters(mine):
            continue
        if other is None or other.source != mine.source:
            continue
        found = list(differences(mine.outputs, other.outputs))
        if mine.id in result.clean:
            count(result, mine.outputs)
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


def count(result: Comparison, outputs: Sequence[Output]) -> None:
    for output in outputs:
        result.n_numbers += tables.n_numbers(output.grid) + len(numbers(output.text))
        result.n_figures += output.kind == "figure" and draws_as_pinned()


def differences(ours: Sequence[Output], theirs: Sequence[Output]) -> Iterator[tuple[str, float]]:
    """What two runs of a cell show differently, in words, and how far apart: as a multiple of the tolerance."""
    if len(ours) != len(theirs):
        yield f"{len(theirs)} outputs, here {len(ours)}", math.inf
        return
    for mine, other in zip(ours, theirs, strict=True):
        if mine.sha != other.sha:
            found = list(differences_of(mine, other))
            if not found and mine.pictures == other.pictures and not tables.measured_columns(mine.grid[: mine.n_head]):
                found = [("a part that a reader does not see", 0.0)]
            yield from found


def differences_of(mine: Output, other: Output) -> Iterator[tuple[str, float]]:
    """What a reader sees in one output and not in the other."""
    name = printable(mine.label or mine.csv, 40)
    if mine.kind != other.kind:
        yield f"a {other.kind}, here a {mine.kind}", math.inf
        return
    for theirs, ours, far in tables.differing(mine.grid, other.grid, mine.n_head):
        yield f"table {name}: {theirs!r}, here {ours!r}", far
    if mine.pictures != other.pictures and draws_as_pinned():
        yield f"figure {name} is another picture", moved(mine.drawing, other.drawing)
    if mine.text != other.text:
        yield (
            f"{around(other.text, mine.text)!r}, here {around(mine.text, other.text)!r}",
            deviation(mine.text, other.text),
        )


def moved(mine: str, theirs: str) -> float:
    """How far the lines of two drawings lie apart, as a multiple of what another platform may move them."""
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
        found = [(f"{a!r}, here {b!r}", far) for a, b, far in tables.differing(rows, theirs[file], 1)]
        blame(result, file, found)
    if extra := [file for file in theirs if file not in own.tables and not result.touched]:
        result.add(FAILED, f"tables that no cell makes: {listed(extra)}")


def compare_texts_with_files(result: Comparison, cells: Sequence[Cell], theirs: Tables, done: Set[str]) -> None:
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
            one = RunConfig.from_dict(json.loads(min(configs)))
            text = f"{len(configs):,} runs {verb} with these parameters, as {describe(one)}"
            result.add(level, f"{text}; changed code may be why" if result.touched else text)
