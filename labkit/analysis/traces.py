"""The loss of every single epoch. A history keeps a few hundred of them, too few to tell how often a loss rises."""

import hashlib
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from .. import engine
from ..errors import LabError
from ..experiments.arithmetic import quiet_single_thread
from ..experiments.cache import cache_folder, cache_name
from ..experiments.config import RunConfig
from ..experiments.cores import n_cores, over_cores
from ..experiments.progress import Progress
from ..experiments.registered import is_own
from ..experiments.stacks import chunks
from ..experiments.training import Stack
from ..files import write_atomic
from ..nn.activations import Array

ROUNDING = 1e-6  # a relative change of a loss in float32 that means nothing


def loss_of_every_epoch(configs: list[RunConfig], n_epochs: int) -> Array:
    """The training loss (n_epochs, R) of each run before the update of each epoch, without any stop rule.

    A trace that was made before comes from the cache of runs.
    """
    unstopped = {"n_epochs": n_epochs, "loss_target": None, "accuracy_target": None, "patience": None}
    configs = [config.replace(**unstopped) for config in configs]
    known_elsewhere = engine.is_current() and not any(map(is_own, configs))  # otherwise neither kept nor shared out
    path = trace_path(configs)
    if known_elsewhere and (known := cached_trace(path)) is not None:
        return known
    progress = Progress(path.stem[:12], len(configs) * n_epochs)
    n_jobs = n_cores() if known_elsewhere else 1
    stacks = chunks(list(dict.fromkeys(configs)), n_jobs)
    traces = over_cores(lambda stack: trace_stack(stack, n_epochs, progress), stacks, n_jobs)
    found = {c: trace[:, i] for stack, trace in zip(stacks, traces, strict=True) for i, c in enumerate(stack)}
    losses = np.stack([found[c] for c in configs], axis=1)
    if known_elsewhere and engine.is_current():
        with suppress(LabError):  # a cache that cannot be written costs the cache, not the traces
            save_trace(path, losses)
    return losses


def save_trace(path: Path, losses: Array) -> None:
    """Keep a trace in the cache, after the SHA-256 of its file."""
    content = io.BytesIO()
    np.save(content, losses)
    write_atomic(path, hashlib.sha256(content.getvalue()).digest() + content.getvalue(), durable=False)


def cached_trace(path: Path) -> Array | None:
    """A trace from the cache, or None where it is not there or damaged."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    seal, content = raw[: hashlib.sha256().digest_size], raw[hashlib.sha256().digest_size :]
    if hashlib.sha256(content).digest() != seal:
        return None
    return np.load(io.BytesIO(content), allow_pickle=False)


def trace_path(configs: list[RunConfig]) -> Path:
    return cache_folder() / "traces" / f"{cache_name(''.join(c.key() for c in configs))}.npy"


def trace_stack(configs: list[RunConfig], n_epochs: int, progress: Progress) -> Array:
    stack = Stack(configs, progress)
    losses = np.empty((n_epochs, len(configs)))
    with quiet_single_thread():
        for epoch in range(n_epochs):
            losses[epoch], _ = stack.epoch(want_accuracy=False)
    progress.add(n_epochs * len(configs), now=True)
    return losses


def rises(losses: Array) -> pd.DataFrame:
    """How rough each curve of losses (E, R) is, a row a run: n_rises, the epochs in which the loss rose; total, the sum
    of these rises; largest, the highest of them."""
    steps = np.diff(losses, axis=0)
    steps = np.where(steps > ROUNDING * losses[:-1], steps, 0.0)
    return pd.DataFrame(
        {"n_rises": (steps > 0).sum(axis=0), "total": steps.sum(axis=0), "largest": steps.max(axis=0, initial=0.0)}
    )
