"""Measuring: all peers do the same task, one after the other, round after round, on one core."""

import gc
import importlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .work import Array, Work

PEERS = ("labkit_peer", "jax_peer", "torch_func", "torch_eager", "sklearn_peer", "numpy_loop", "limit")
TOLERANCE = 2e-3  # relative difference of the final losses, in float32, after hundreds of steps


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and threads that it starts, on one core; where the system cannot, nothing happens."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def load_peers() -> tuple[list, dict[str, str]]:
    """The peers that are installed, labkit first, and of the others the reason why not."""
    found, missing = [], {}
    for name in PEERS:
        try:
            found.append(importlib.import_module(f"{__package__}.{name}"))
        except ImportError as error:
            missing[name] = str(error)
    return found, missing


@dataclass(frozen=True)
class Measured:
    """A peer's times for a task, one a round, in microseconds per run and epoch; `loss` is that of the last epoch."""

    work: Work
    n_runs: int
    peer: str
    times: Array
    first: float  # seconds by which the first call took longer: compiling, tracing, warming up
    loss: float

    def ratio(self, other: "Measured") -> Array:
        """The 10th, 50th and 90th percentile over the rounds of other's time by this one's: above 1 this is faster."""
        return np.percentile(other.times / self.times, [10, 50, 90])


def measure(work: Work, n_runs: int, peers: list, n_rounds: int) -> list[Measured]:
    """Time all peers that fit on one task. Peers without a stack train the first run only, as all take the same time.

    Raises AssertionError unless all end at the same loss.
    """
    n_epochs = work.epochs[n_runs]
    peers = [peer for peer in peers if peer.fits(work)]
    counts = [n_runs if peer.STACKS else 1 for peer in peers]
    trains = [peer.prepare(work, count, n_epochs) for peer, count in zip(peers, counts, strict=True)]
    firsts, losses = zip(*(timed(train) for train in trains), strict=True)
    seconds = np.empty((n_rounds, len(peers)))
    gc.disable()
    for i in range(n_rounds):
        for j in np.roll(np.arange(len(peers)), i):  # none is always first
            seconds[i, j], _ = timed(trains[j])
        gc.collect()
    gc.enable()
    check_equal(losses, [f"{peer.NAME} on ({work.name})" for peer in peers])
    per = seconds / (np.array(counts) * n_epochs) * 1e6
    return [
        Measured(work, n_runs, peer.NAME, per[:, j], firsts[j] - np.median(seconds[:, j]), float(losses[j][0]))
        for j, peer in enumerate(peers)
    ]


def timed(train) -> tuple[float, Array]:
    start = time.perf_counter()
    loss = train()
    return time.perf_counter() - start, loss


def check_equal(losses: list[Array], names: list[str]) -> None:
    """All losses are those of the first peer; nan is the limit, which trains nothing."""
    for name, loss in zip(names, losses, strict=True):
        expected = losses[0][: len(loss)]
        difference = np.max(np.abs(loss - expected) / np.abs(expected))
        assert not difference > TOLERANCE, f"{name}: loss {loss}, labkit {expected}"
