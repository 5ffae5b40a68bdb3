"""The runs of a study in stacks: which train together, in which process, and that each is kept as its stack ends."""

import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from .. import engine, observer
from ..data.dataset import Dataset
from ..errors import LabError
from ..training.config import RunConfig
from ..training.run import Run, kept_data
from ..training.stack import PER_RUN, train_stack
from .cache import save_run
from .cost import cost
from .progress import Progress

WORKING_SET = 4_000_000  # bytes that a stack touches in a step: with more runs Python costs less, until caches overflow

Task, Result = TypeVar("Task"), TypeVar("Result")


def train_all(
    places: dict[RunConfig, Path | None], data: Dataset | None, n_jobs: int, progress: Progress
) -> dict[RunConfig, Run]:
    """Train runs in stacks, each in one of up to n_jobs processes, and keep each in its place in the cache."""
    stacks, loaded = chunks(list(places), n_jobs, data), engine.LOADED

    def train(stack: list[RunConfig]) -> tuple[list[Run], str] | None:
        if loaded != engine.LOADED or not engine.is_current():
            return None  # a new process, which would train with another engine
        return train_and_keep(stack, [places[c] for c in stack], data, progress)

    trained = over_cores(train, stacks, n_jobs)
    for i, stack in enumerate(stacks):
        trained[i] = trained[i] or train_and_keep(stack, [places[c] for c in stack], data, progress)
    if trouble := next((trouble for _, trouble in trained if trouble), ""):
        warnings.warn(f"{trouble}. The runs of this study are not all in the cache", stacklevel=4)
    return {run.config: replace(run, data=kept_data(run.config, data)) for runs, _ in trained for run in runs}


def over_cores(function: Callable[[Task], Result], tasks: Sequence[Task], n_jobs: int) -> list[Result]:
    """`function` of each task, in order, by up to n_jobs processes: as many as there are cores not in use."""
    done: list[Result] = []
    while rest := tasks[len(done) :]:
        with observer.current.extra_cores(min(n_jobs, len(rest)) - 1) as extra:
            if not extra:  # one task alone, then another core may be free
                done.append(function(rest[0]))
                continue
            from joblib import Parallel, delayed  # only here: it takes longer to import than a small study to train

            done += Parallel(n_jobs=1 + extra)(delayed(function)(task) for task in rest)
    return done


def train_and_keep(
    stack: list[RunConfig], places: list[Path | None], data: Dataset | None, progress: Progress
) -> tuple[list[Run], str]:
    """The runs of a stack, without their data, and why they are not in the cache: empty if they are."""
    runs = train_stack(stack, data, progress.add)
    try:
        if not engine.is_current():
            raise LabError("the files of labkit changed since they were loaded; restart the kernel to use the new ones")
        for run, path in zip(runs, places, strict=True):
            if path is not None:
                save_run(replace(run, data=kept_data(run.config, data)), path)
    except LabError as error:  # a disk that is full, a folder that can only be read: they cost the cache, not the runs
        return runs, str(error)
    return runs, ""


def chunks(configs: list[RunConfig], n_jobs: int, data: Dataset | None = None) -> list[list[RunConfig]]:
    """Stacks of runs that agree in all but `PER_RUN` settings, each small enough for a core's cache, longest first."""
    groups = defaultdict(list)
    for c in configs:
        fixed = {name: value for name, value in c.as_dict().items() if name not in PER_RUN}
        groups[(*fixed.values(), c.weight_decay > 0)].append(c)
    stacks = []
    for group in groups.values():
        n_stacks = -(-len(group) // max(1, WORKING_SET // int(cost(group[0], data).step_bytes)))
        n_stacks += -n_stacks % n_jobs  # as many for each process, and all as large, since small stacks are slow
        size = -(-len(group) // n_stacks)
        stacks += [group[i : i + size] for i in range(0, len(group), size)]
    return sorted(stacks, key=lambda stack: estimated_seconds(stack, data), reverse=True)


def estimated_seconds(stack: list[RunConfig], data: Dataset | None) -> float:
    """Roughly how long a stack takes on one core. Its runs agree in all that a cost depends on."""
    return len(stack) * cost(stack[0], data).seconds
