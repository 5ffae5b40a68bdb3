"""The cores of a machine, shared by all notebooks of a build and the workers of their studies.

The build makes a folder with one file for each core it may use, and names it in LABKIT_CORES. Whoever holds the lock
of a file may keep one core busy: a notebook that is being run, or a worker of a study. The operating system frees the
locks of a process that dies, so none is ever lost.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from .. import environment

Task = TypeVar("Task")
Result = TypeVar("Result")


def n_cores() -> int:
    """The cores that may be used: LABKIT_JOBS, or those that this process was given."""
    from joblib import cpu_count  # only here: a build with nothing to do never asks

    return environment.n_jobs() or cpu_count()


def core_locks(folder: Path, n: int) -> list[FileLock]:
    """The locks of n cores, free at first. Each is taken by `acquire` and may be released by another thread."""
    return [FileLock(folder / f"core-{i}.lock", thread_local=False) for i in range(n)]


def over_cores(function: Callable[[Task], Result], tasks: Sequence[Task], n_jobs: int) -> list[Result]:
    """`function` of each task, in order, by up to n_jobs processes: as many as there are cores not in use."""
    done: list[Result] = []
    while rest := tasks[len(done) :]:
        with extra_cores(min(n_jobs, len(rest)) - 1) as extra:
            if not extra:  # one task alone, then another core may be free
                done.append(function(rest[0]))
                continue
            from joblib import Parallel, delayed  # only here: it takes longer to import than a small study to train

            done += Parallel(n_jobs=1 + extra)(delayed(function)(task) for task in rest)
    return done


@contextmanager
def extra_cores(wanted: int) -> Iterator[int]:
    """Hold as many cores as are free beside the caller's own, at most `wanted`; all of them where none are counted."""
    folder = environment.core_folder()
    if folder is None or wanted <= 0:
        yield max(wanted, 0)
        return
    with ExitStack() as held:
        n = 0
        for path in sorted(folder.glob("core-*.lock")):
            if n < wanted and take(FileLock(path, thread_local=False), held):
                n += 1
        yield n


def take(lock: FileLock, held: ExitStack) -> bool:
    """Take a lock for as long as `held` is open, unless another has it."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    held.callback(lock.release)
    return True
