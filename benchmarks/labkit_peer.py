"""labkit: the epochs of its training loop, in the stacks that a study would make, without evaluation and history."""

import numpy as np

from labkit.experiments import study as studies
from labkit.experiments import training
from labkit.experiments.datasets import ORDER_STREAM
from labkit.experiments.progress import Progress
from labkit.experiments.run import quiet_single_thread

from .work import Array, Work

NAME = "labkit"
STACKS = True


def fits(work: Work) -> bool:
    return True


def stacks_of(work: Work, n_runs: int, n_epochs: int) -> list[training.Stack]:
    """The stacks that run_study would train on one core."""
    chunks = studies.chunks(work.configs(n_runs, n_epochs), n_jobs=1)
    return [training.Stack(chunk, Progress("", 1), work.dataset) for chunk in chunks]


def prepare(work: Work, n_runs: int, n_epochs: int):
    stacks = stacks_of(work, n_runs, n_epochs)
    starts = [stack.w.copy() for stack in stacks]

    def train() -> Array:
        blas, silence = quiet_single_thread()
        losses = []
        with blas, silence:
            for stack, start in zip(stacks, starts, strict=True):
                stack.w[...], stack.t = start, 0
                stack.orders = [np.random.default_rng([c.seed, ORDER_STREAM]) for c in stack.configs]
                for memory in stack.state:
                    memory.fill(0)
                for _ in range(n_epochs):
                    loss, _ = stack.epoch(want_accuracy=False)
                losses.append(loss)
        return np.concatenate(losses)

    return train
