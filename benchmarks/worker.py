"""A peer in a process of its own: what torch or JAX do to the memory of theirs, labkit's does not feel.

The parent and a worker speak through a pipe: the worker first says why it cannot be used, or None; then each task
prepares the peer for it, and each `TRAIN` is answered with seconds and losses. All sleep but the one that trains.
"""

import gc
import importlib
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

from threadpoolctl import threadpool_limits

from .work import Array, Task

TRAIN = "train"
# CPU time, since waiting for a core that others use is no part of the work; where it counts in steps, the time passed.
CLOCK = time.process_time if time.get_clock_info("process_time").resolution < 1e-4 else time.perf_counter


class Worker:
    """The parent's end. `missing` says why the peer cannot be used, None where it can."""

    def __init__(self, module: str):
        context = get_context("spawn")  # a forked process would begin with the memory of this one
        self.module, (self.pipe, theirs) = module, context.Pipe()
        self.process = context.Process(target=serve, args=(module, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.missing, self.name, self.stacks = self.answer()

    def prepare(self, task: Task) -> bool:
        """Get ready for a task; False where the peer cannot do its work."""
        self.pipe.send(task)
        return self.answer()

    def train(self) -> tuple[float, Array]:
        """Do the task: seconds, and each run's loss in its last epoch."""
        self.pipe.send(TRAIN)
        return self.answer()

    def stop(self) -> None:
        self.pipe.close()
        self.process.join()

    def answer(self):
        try:
            return self.pipe.recv()
        except EOFError:
            raise SystemExit(f"the process of {self.module} has ended, see above") from None


def serve(module: str, pipe: Connection) -> None:
    """What a worker does until its parent closes the pipe."""
    try:
        peer = importlib.import_module(f".{module}", __package__)
    except ImportError as error:
        pipe.send((str(error), module, False))
        return
    threadpool_limits(1)  # after the import, to reach the peer's libraries as well
    pipe.send((None, peer.NAME, peer.STACKS))
    train = None
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            return
        if asked == TRAIN:
            pipe.send(timed(train))
            gc.collect()  # before the next peer begins, not while it is timed
            continue
        train = None  # the last task's arrays go before the next task's are made
        if fits := peer.fits(asked.work):
            train = peer.prepare(asked.work, asked.n_runs if peer.STACKS else 1, asked.n_epochs)
        pipe.send(fits)


def timed(train) -> tuple[float, Array]:
    start = CLOCK()
    loss = train()
    return CLOCK() - start, loss
