"""Jobs side by side, one on each core, while the cores that have none are left to the studies of the others."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from labkit.environment import n_cores

from ..project.temporary import temporary_folder
from ..run.cores import core_locks

POLL_SECONDS = 0.2  # on Windows, a wait without end does not hear Ctrl-C
Job = TypeVar("Job")


def work_off(jobs: Iterable[Job], do: Callable[[Job, Path], None], stop: Callable[[], None]) -> None:
    """Call `do` for each job, with the folder that LABKIT_CORES is to name for the processes it starts.

    After Ctrl-C no further job begins, `stop` is called, which must make those under way return, and then
    KeyboardInterrupt goes on.
    """
    queue = deque(jobs)
    with temporary_folder() as folder:
        locks = core_locks(folder, n_cores())
        for lock in locks:
            lock.acquire()
        with ThreadPoolExecutor(len(locks)) as pool:
            workers = [pool.submit(work_on_core, lock, queue, lambda job: do(job, folder)) for lock in locks]
            try:
                while wait(workers, timeout=POLL_SECONDS).not_done:
                    pass
            except KeyboardInterrupt:
                queue.clear()
                stop()
                raise
        for worker in workers:
            worker.result()


def work_on_core(core: FileLock, queue: deque[Job], do: Callable[[Job], None]) -> None:
    """Do jobs one after the other on one core, and leave it free at the end."""
    try:
        while True:
            try:
                job = queue.popleft()
            except IndexError:
                return
            do(job)
    finally:
        core.release()
