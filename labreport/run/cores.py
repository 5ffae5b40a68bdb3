"""The cores of a machine, shared by all notebooks of a build and the workers of their studies.

The build makes a folder with one file for each core it may use. Whoever holds the lock of a file may keep one core
busy: a notebook that is being run, or a worker of a study. The operating system frees the locks of a process that
dies, so none is ever lost.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


def core_locks(folder: Path, n: int) -> list[FileLock]:
    """The locks of n cores, free at first. Each is taken by `acquire` and may be released by another thread."""
    return [FileLock(folder / f"core-{i}.lock", thread_local=False) for i in range(n)]


@contextmanager
def free_cores(folder: Path, wanted: int) -> Iterator[int]:
    """Hold as many of the cores as are free, at most `wanted`."""
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
