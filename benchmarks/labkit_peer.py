"""labkit: the epochs of its training loop, in the stacks that a study would make, without evaluation and history."""

import numpy as np

from labkit.data.dataset import ORDER_STREAM
from labkit.experiments import processes
from labkit.training.arithmetic import quiet_single_thread
from labkit.training.stack import Stack

from .work import Array, Work

NAME = "labkit"
STACKS = True


def fits(work: Work) -> bool:
    return True


def stacks_of(work: Work, n_runs: int, n_epochs: int) -> list[Stack]:
    """The stacks that run_study would train on one core."""
    chunks = processes.chunks(work.configs(n_runs, n_epochs), n_jobs=1)
    return [Stack(chunk, work.dataset) for chunk in chunks]


def prepare(work: Work, n_runs: int, n_epochs: int):
    stacks = stacks_of(work, n_runs, n_epochs)
    starts = [stack.w.copy() for stack in stacks]

    def train() -> Array:
        losses = []
        with quiet_single_thread():
            for stack, start in zip(stacks, starts, strict=True):
                stack.w[...] = start
                stack.optimizer.memory, stack.optimizer.t = None, 0
                stack.orders = [np.random.default_rng([c.seed, ORDER_STREAM]) for c in stack.configs]
                for _ in range(n_epochs):
                    loss, _ = stack.epoch(want_accuracy=False)
                losses.append(loss)
        return np.concatenate(losses)

    return train
