"""The cores of a machine, and work that is shared among them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from .. import environment, observer

Task = TypeVar("Task")
Result = TypeVar("Result")


def n_cores() -> int:
    """The cores that may be used: LABKIT_JOBS, or those that this process was given."""
    from joblib import cpu_count  # only here: a build with nothing to do never asks

    return environment.n_jobs() or cpu_count()


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
