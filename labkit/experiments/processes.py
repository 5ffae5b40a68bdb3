"""The runs of a study in stacks: which train together, and by which process, of this machine or of others."""

import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeVar

import numpy as np

from .. import engine, observer
from ..data.dataset import Dataset
from ..training.config import RunConfig
from ..training.run import Run
from ..training.stack import PER_RUN, Tell, silent, train_stack
from .cost import cost
from .platforms import this_platform
from .progress import Progress

WORKING_SET = 4_000_000  # bytes that a stack touches in a step: with more runs Python costs less, until caches overflow

Task, Result = TypeVar("Task"), TypeVar("Result")


@dataclass(frozen=True)
class Refused:
    """A stack that a process did not train, because its results could be others than those of the caller."""

    stack: list[RunConfig]
    reason: str


class Pool:
    """Who trains: `size` stacks at once, on this machine or on others; `platforms` are those that are not its own."""

    size: int
    platforms: Sequence[str] = ()

    def train(self, stacks: Iterable[list[RunConfig]], data: Dataset | None, progress: Progress) -> Iterator[list[Run]]:
        """Train stacks, and give the runs of each as it ends, in any order; they do not keep data that were passed.

        Nothing is kept in the cache: whoever calls keeps what arrives.
        """
        raise NotImplementedError


class Cores(Pool):
    """Processes of this machine; this process alone, where `size` is 1."""

    def __init__(self, size: int) -> None:
        self.size = size

    def train(self, stacks: Iterable[list[RunConfig]], data: Dataset | None, progress: Progress) -> Iterator[list[Run]]:
        caller = loaded_versions()

        def train(stack: list[RunConfig]) -> list[Run] | Refused:
            return train_as(caller, stack, data, progress.add)

        for runs in over_cores(train, stacks, self.size):
            yield train_here(runs.stack, data, progress.add) if isinstance(runs, Refused) else runs


def train_here(stack: list[RunConfig], data: Dataset | None, tell: Tell) -> list[Run]:
    """The runs of a stack, each with the platform that it was trained on."""
    return [replace(run, platform=this_platform()) for run in train_stack(stack, data, tell)]


def train_as(
    caller: dict[str, str], stack: list[RunConfig], data: Dataset | None, tell: Tell = silent
) -> list[Run] | Refused:
    """The runs of a stack for another process, if its `loaded_versions` are those of this one."""
    reason = difference(caller, loaded_versions())
    return Refused(stack, reason) if reason else train_here(stack, data, tell)


def loaded_versions() -> dict[str, str]:
    """What must be equal for equal results, whichever process of this platform trains."""
    return {
        "labkit": engine.LOADED if engine.is_current() else "",
        "numpy": np.__version__,
        "Python": platform.python_version(),
    }


def difference(caller: dict[str, str], own: dict[str, str]) -> str:
    """In which loaded_versions another process differs from the caller, in words; empty where it does not."""
    if not own["labkit"]:
        return "its files of labkit changed since they were loaded; start it again"
    parts = [
        f"{name} {own[name]} instead of {caller[name]}" for name in ("Python", "numpy") if own[name] != caller[name]
    ]
    if own["labkit"] != caller["labkit"]:
        parts.append("another labkit (its folders nn, data and training are not those of the caller)")
    return f"it has {', '.join(parts)}" if parts else ""


def over_cores(function: Callable[[Task], Result], tasks: Iterable[Task], n_jobs: int) -> Iterator[Result]:
    """`function` of each task, as it ends, by up to n_jobs processes: as many as there are cores not in use."""
    rest = iter(tasks)
    while ahead := list(islice(rest, n_jobs)):
        with observer.current.extra_cores(len(ahead) - 1) as extra:
            if not extra:  # one task alone, then another core may be free
                yield function(ahead[0])
                rest = chain(ahead[1:], rest)
                continue
            from joblib import Parallel, delayed  # only here: it takes longer to import than a small study to train

            parallel = Parallel(n_jobs=1 + extra, return_as="generator_unordered")
            yield from parallel(delayed(function)(task) for task in chain(ahead, rest))


def longest_first(stacks: list[list[RunConfig]], data: Dataset | None) -> list[list[RunConfig]]:
    """Stacks in the order in which processes are busy for as long as there is work."""
    return sorted(stacks, key=lambda stack: estimated_seconds(stack, data), reverse=True)


def chunks(configs: list[RunConfig], n_jobs: int, data: Dataset | None = None) -> list[list[RunConfig]]:
    """Stacks of runs that agree in all but `PER_RUN` settings, each small enough for a core's cache."""
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
    return stacks


def estimated_seconds(stack: list[RunConfig], data: Dataset | None) -> float:
    """Roughly how long a stack takes on one core. Its runs agree in all that a cost depends on."""
    return len(stack) * cost(stack[0], data).seconds
