"""labkit: a whole `run_study` with an empty cache, as a notebook calls it.

Beside the epochs it draws data and weights, keeps a history with losses and accuracies of training and validation set,
takes loss and accuracy of the final weights on all parts, and writes every run to the cache.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from labkit import environment
from labkit.experiments.study import run_study

from .work import Array, Work

NAME = "labkit"
STACKS = True


def fits(work: Work) -> bool:
    return work.digits is None  # a study draws the data set that its configuration names


@contextmanager
def empty_cache() -> Iterator[None]:
    """A cache that begins empty and is removed; both take part in a measurement."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, {environment.CACHE: folder}):
        yield


def prepare(work: Work, n_runs: int, n_epochs: int):
    config = work.config.replace(n_epochs=n_epochs)

    def train() -> Array:
        with empty_cache():
            study = run_study(config, n_jobs=1, seed=range(n_runs))
        return np.array([run.history["train_loss"].iloc[-1] for run in study.members])

    return train
