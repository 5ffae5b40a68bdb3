"""Measuring: all peers do the same task, one after the other, round after round, on one core."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .work import Array, Task
from .worker import Worker

PEERS = ("labkit_peer", "jax_peer", "torch_func", "torch_eager", "sklearn_peer", "numpy_loop", "limit")
STUDY_PEERS = ("labkit_study", "jax_peer")  # JAX trains, and does nothing of what a study does beside
TOLERANCE = 2e-3  # relative difference of the final losses, in float32, after hundreds of steps


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and all that it starts, on one core; where the system cannot, nothing happens."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@dataclass(frozen=True)
class Measured:
    """A peer's times for a task, one a round, in microseconds of CPU time per run and epoch.

    `loss` is that of the last epoch.
    """

    task: Task
    peer: str
    times: Array
    first: float  # seconds by which the first call took longer: compiling, tracing, warming up
    loss: float

    def ratio(self, other: "Measured") -> Array:
        """The 10th, 50th and 90th percentile over the rounds of other's time by this one's: above 1 this is faster."""
        return np.percentile(other.times / self.times, [10, 50, 90])


def measure(task: Task, workers: list[Worker], n_rounds: int) -> list[Measured]:
    """Time all peers that can do a task. Peers without a stack train the first run only, as all take the same time.

    Raises AssertionError unless all end at the same loss.
    """
    workers = [worker for worker in workers if worker.prepare(task)]
    firsts, losses = zip(*(worker.train() for worker in workers), strict=True)
    seconds = np.empty((n_rounds, len(workers)))
    for i in range(n_rounds):
        for j in np.roll(np.arange(len(workers)), i):  # none is always first
            seconds[i, j], _ = workers[j].train()
    check_equal(losses, [f"{worker.name} on {task}" for worker in workers])
    per = seconds / [len(loss) * task.n_epochs for loss in losses] * 1e6
    return [
        Measured(task, worker.name, per[:, j], firsts[j] - np.median(seconds[:, j]), float(losses[j][0]))
        for j, worker in enumerate(workers)
    ]


def check_equal(losses: list[Array], names: list[str]) -> None:
    """All losses are those of the first peer; nan is the limit, which trains nothing."""
    for name, loss in zip(names, losses, strict=True):
        expected = losses[0][: len(loss)]
        difference = np.max(np.abs(loss - expected) / np.abs(expected))
        assert not difference > TOLERANCE, f"{name}: loss {loss}, labkit {expected}"
