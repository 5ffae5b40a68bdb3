"""What a study takes, told before anything runs: runs, stacks, seconds and bytes, by the cost model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import ceil

from labkit.analysis.search import RUNGS, check_goal
from labkit.errors import LabError
from labkit.experiments.cost import cost
from labkit.experiments.processes import chunks
from labkit.experiments.stored import ROWS
from labkit.training.config import RunConfig
from labkit.training.run import HISTORY

from .study_file import StudyFile

AHEAD = 2_000  # runs that are put into stacks together; more need more memory, fewer make smaller stacks
LONGEST_STACK = 60.0  # seconds: what a worker that dies may lose
BYTES_A_RUN = 500 + ROWS * len(HISTORY) * 8  # on disk, its settings and results as JSON and its thinned history


@dataclass
class Survey:
    """Runs, stacks, run-epochs, CPU seconds, bytes on disk, and the bytes of memory that the largest stack takes."""

    runs: int = 0
    stacks: int = 0
    epochs: int = 0
    seconds: float = 0.0
    stored_bytes: int = 0
    stack_bytes: float = 0.0

    def add(self, stack: list[RunConfig]) -> None:
        one = cost(stack[0])
        self.runs += len(stack)
        self.stacks += 1
        self.epochs += sum(config.n_epochs for config in stack)
        self.seconds += len(stack) * one.seconds
        self.stored_bytes += len(stack) * BYTES_A_RUN
        self.stack_bytes = max(self.stack_bytes, len(stack) * one.n_bytes)


def survey(study: StudyFile) -> Survey:
    """Look at every run of a study, and of a search that stops settings early at all that it may come to.

    Raises LabError for a run that cannot be: layers that do not fit, a goal that the data set does not measure.
    """
    found, base = Survey(), study.base
    try:
        if study.adaptive:
            check_goal(study.search, base)
        shares = RUNGS if study.adaptive else (1.0,)
        rungs = (replace(study, base=base.replace(n_epochs=ceil(share * base.n_epochs))) for share in shares)
        for some in slices(chain.from_iterable(rung.configs() for rung in rungs)):
            for stack in stacks(some):
                found.add(stack)
    except LabError as error:
        raise LabError(f"{study.file}: {error}") from None
    return found


def slices(configs: Iterator[RunConfig]) -> Iterator[list[RunConfig]]:
    """The runs, a few thousand at a time."""
    while some := list(islice(configs, AHEAD)):
        yield some


def stacks(configs: list[RunConfig]) -> Iterator[list[RunConfig]]:
    """Stacks of runs, each small enough for a core's cache, and short enough to be lost."""
    for stack in chunks(configs, 1):
        size = max(1, int(LONGEST_STACK / max(cost(stack[0]).seconds, 1e-9)))
        yield from (stack[i : i + size] for i in range(0, len(stack), size))
