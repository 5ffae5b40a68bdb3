"""A notebook that was handed in against the checker's run of their own, cell by cell.

An unchanged cell, with no changed code before it, can only show what it shows here. What stands behind code of the
student's own cannot be checked: how much of it is not as here is said in one sentence.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from labkit.training.config import RunConfig

from ...project.texts import listed
from ...run.drawing import draws_as_pinned
from ..reading.cells import ExecutedCell
from ..reading.findings import FAILED, LOOK, NUMBERS, Finding
from .outputs import Difference, differences, differing_rows, measured_columns, n_numbers
from .rerun import Given
from .retrain import run_text
from .sources import PARAMETERS, Sources

MEASURED = "measured"  # the tag of a cell that shows measured time
FAR, FAR_FIGURES = 0.25, 0.5  # of a notebook's numbers and figures may lie beyond the tolerance for another machine
Runs = Sequence[Mapping[str, Any]]


@dataclass
class Comparison:
    """One notebook, whose `sources` were compared. Where it is `exact`, it must show the same to the byte, and `level`
    says what it is that it does not."""

    name: str
    sources: Sources
    exact: bool = True
    level: str = FAILED
    findings: list[Finding] = field(default_factory=list)
    beyond: list[Difference] = field(default_factory=list)
    n_numbers: int = 0
    n_figures: int = 0

    def add(self, level: str, text: str, step: str = "notebooks") -> None:
        self.findings.append(Finding(level, step, f"{self.name}: {text}"))

    def judge(self, what: str, cell: str, found: Sequence[Difference]) -> None:
        """Say what differs in `what` a cell shows or writes, though no code of the student can be why."""
        how, level = "is not what it gives here", self.level
        if not self.exact:
            how, level = "lies beyond the tolerance for another machine", LOOK
            found = [one for one in found if one.far > 1]
            self.beyond += found
        if found:
            texts = [one.text for one in found]
            text = f"{self.name}: {what} {how}: {listed(texts, 6)}"
            self.findings.append(Finding(level, NUMBERS, text, f"{self.name}/{cell}", details=tuple(texts)))

    def close(self) -> None:
        """Say whether so much lies beyond the tolerance that no other machine can be why."""
        figures = sum(one.is_figure for one in self.beyond)
        if figures > max(1, FAR_FIGURES * self.n_figures) or len(self.beyond) - figures > FAR * self.n_numbers:
            text = f"no other machine gives this: {len(self.beyond)} places lie beyond the tolerance for one"
            self.add(FAILED, text, NUMBERS)


def compare_notebook(result: Comparison, here: Given, there: Given) -> None:
    """Compare all that the notebook gives here with what it gave there."""
    cells = {cell.id: cell for cell in there.cells if cell.is_code}
    n_behind = n_other = 0
    for mine in here.cells:
        if not mine.is_code or PARAMETERS in mine.tags:
            continue
        found = differences_of_cell(mine, cells.get(mine.id))
        if mine.id not in result.sources.clean:
            n_behind += len(mine.outputs)
            n_other += sum(map(bool, found))
            continue
        result.judge(f"cell {mine.id}", mine.id, list(dict.fromkeys(chain.from_iterable(found))))
        if MEASURED not in mine.tags:
            result.n_numbers += n_numbers(mine.outputs)
            result.n_figures += sum(output.is_figure for output in mine.outputs) * draws_as_pinned()
    if result.sources.touched:
        text = f"what is shown behind the student's own code, from cell {result.sources.touched} on, cannot be checked"
        result.add(LOOK, f"{text}: {n_other} of {n_behind} outputs behind it differ from those here")
    compare_files(result, here, there)
    compare_runs(result, here.runs, there.runs)
    result.close()


def differences_of_cell(mine: ExecutedCell, other: ExecutedCell | None) -> list[list[Difference]]:
    """For each output what is another; of measured time it is only known which forms it has."""
    if other is None:
        return [[Difference("it is missing")] for _ in mine.outputs]
    if MEASURED not in mine.tags:
        return differences(mine.outputs, other.outputs)
    forms = [[output.form for output in cell.outputs] for cell in (mine, other)]
    return [] if forms[0] == forms[1] else [[Difference("measured time is shown in other forms")]]


def compare_files(result: Comparison, here: Given, there: Given) -> None:
    """The CSV files of the tables, where no code of the student's made them."""
    made_by = {f"{result.name}-{output.csv}": cell.id for cell in here.cells for output in cell.outputs if output.csv}
    for file, rows in here.tables.items():
        if made_by[file] not in result.sources.clean if file in made_by else result.sources.touched:
            continue
        if file not in there.tables:
            result.add(FAILED, f"{file} is missing")
            continue
        result.n_numbers += sum(len(row) for row in rows)
        result.judge(
            file, made_by.get(file, ""), list(differing_rows(rows, there.tables[file], measured_columns(rows[:1])))
        )
    if extra := [file for file in there.tables if file not in here.tables and not result.sources.touched]:
        result.add(FAILED, f"tables that no cell makes: {listed(extra)}")


def compare_runs(result: Comparison, here: Runs, there: Runs) -> None:
    """Which runs were recorded: with these parameters the notebook makes just these."""
    ours, others = ({json.dumps(run["config"], sort_keys=True) for run in runs} for runs in (here, there))
    # which runs are made may follow from results, as after a search: on another machine they may be others
    touched = result.sources.touched
    level = FAILED if result.exact and not touched else LOOK
    for verb, configs in (("were recorded that it does not make", others - ours), ("are missing", ours - others)):
        if configs:
            one = RunConfig(**json.loads(min(configs)))
            text = f"{len(configs):,} runs {verb} with these parameters, as {run_text(one)}"
            result.add(level, f"{text}; changed code may be why" if touched else text)
