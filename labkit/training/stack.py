"""Training: a stack of runs goes through the same few lines together, and each ends as if it had been alone.

Runs of a stack differ in settings that change no shape: seed, data, rate, initial weights. They share no arithmetic,
every product is taken run by run, so a run's numbers do not depend on its neighbors, bit for bit. A run that diverges,
or that a stop rule ends, leaves the stack at that epoch, and the others go on.
"""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from ..data.dataset import DROPOUT_STREAM, ORDER_STREAM, WEIGHTS_STREAM, Dataset
from ..data.targets import check_targets
from ..errors import LabError
from ..nn.activations import Array
from ..nn.losses import LOSSES
from ..nn.optimizers import HYPERPARAMETERS, Optimizer
from .architecture import build_network
from .arithmetic import quiet_single_thread
from .config import RunConfig
from .run import HISTORY, Run, accuracy, dataset_of, evaluate, initial_weights, one_nan
from .stopping import StopRules

# Settings that may differ between runs of a stack: no shape depends on them, and no branch of the code.
PER_RUN = (
    *("seed", "data_seed", "noise", "init", "init_gain", "bias_init", "loss_target", "accuracy_target", "patience"),
    *HYPERPARAMETERS,
)


Tell = Callable[..., None]  # is told of n more run-epochs: tell(n, now=False, loss=None), see experiments/progress


def silent(n: int, now: bool = False, loss: Array | None = None) -> None:
    """Tells nobody."""


def train_stack(configs: list[RunConfig], data: Dataset | None = None, tell: Tell = silent) -> list[Run]:
    """Train runs together, and return them in the same order. Raises LabError if they differ in more than `PER_RUN`."""
    settings = [c.as_dict() for c in configs]
    differing = [name for name in settings[0] if name not in PER_RUN and len({str(s[name]) for s in settings}) > 1]
    if differing:
        raise LabError(f"runs of one stack must agree in {', '.join(differing)}; run_study takes a mixed grid")
    with quiet_single_thread():
        return Stack(configs, data, tell).train()


class Stack:
    """R runs in arrays with a leading run axis: weights w (R, P), data x (R, N, D), or (N, D) if the runs share it."""

    def __init__(self, configs: list[RunConfig], data: Dataset | None = None, tell: Tell = silent):
        self.configs, self.config, self.tell = configs, configs[0], tell
        self.dtype = np.dtype(self.config.dtype)
        self.datasets = [dataset_of(c, data) for c in configs]
        meant = {name: getattr(self.config, name) for name in ("loss", "output_activation", "dtype")}
        for d in dict.fromkeys(self.datasets):
            check_targets(f"data set {d.name!r}", d.x, d.y, **meant)
        self.shared = all(d is self.datasets[0] for d in self.datasets)
        self.x, self.y = self.part("train")
        self.x_val, self.y_val = self.part("val")
        self.network = build_network(self.config, self.datasets[0].shape, self.y.shape[-1])
        self.loss = LOSSES[self.config.loss].function
        starts = [initial_weights(self.network, c, np.random.default_rng([c.seed, WEIGHTS_STREAM])) for c in configs]
        self.w = np.array(starts, self.dtype)
        settings = {name: np.array([[getattr(c, name)] for c in configs], self.dtype) for name in HYPERPARAMETERS}
        self.optimizer = Optimizer(self.config.optimizer, **settings)
        self.orders = [np.random.default_rng([c.seed, ORDER_STREAM]) for c in configs]
        self.dropouts = [np.random.default_rng([c.seed, DROPOUT_STREAM]) for c in configs]
        self.rules = StopRules(configs)
        self.runs = np.arange(len(configs))  # which config each row of the stack belongs to
        self.told = 0  # epochs that were told
        self.recorded = [e for e in sorted(recorded_epochs(self.config.n_epochs)) if 1 <= e <= self.config.n_epochs]
        self.log = np.full((len(configs), len(self.recorded), len(HISTORY)), np.nan)  # the history of each run
        self.n_recorded = 0
        self.ended = {}
        self.bind()

    def part(self, name: str) -> tuple[Array, Array]:
        """x and y of "train" or "val", (N, D) and (N, K), or with a run axis in front where the runs' data differ."""
        parts = [getattr(d, name) for d in self.datasets[: 1 if self.shared else None]]
        if self.shared:
            x, y = parts[0]
            return x.astype(self.dtype, copy=False), y.astype(self.dtype, copy=False)
        return tuple(np.array(values, self.dtype) for values in zip(*parts, strict=True))

    def bind(self) -> None:
        """What depends on the rows that are in the stack now."""
        self.params = self.network.views(self.w)
        self.whole = None  # the training set as columns, once a step has taken all of it

    def train(self) -> list[Run]:
        """Train every run to its end."""
        n_epochs, started = self.config.n_epochs, time.perf_counter()
        recorded = set(self.recorded)
        for epoch in range(1, n_epochs + 1):
            record = epoch in recorded
            loss, correct = self.epoch(want_accuracy=record or self.rules.need_accuracy)
            if record:
                self.record(epoch, loss, correct)
            if self.rules.any or not math.isfinite(loss.sum()):
                self.leave(epoch, self.rules.reasons(epoch, loss, correct))
                if not len(self.runs):
                    break
        self.leave(n_epochs, dict.fromkeys(range(len(self.runs)), "n_epochs"))
        self.tell(0, now=True)
        return self.results(time.perf_counter() - started)

    def epoch(self, want_accuracy: bool) -> tuple[Array, Array]:
        """One pass over the training set: loss (R,) and accuracy (R,) as seen before each update."""
        loss = correct = np.zeros(len(self.runs))
        for x, y in self.batches():
            value, output, _ = self.step(x, y)
            share = x.shape[-1] / self.x.shape[-2]
            loss = loss + share * value
            if want_accuracy:
                correct = correct + share * accuracy(self.config.loss, output, y)
        return loss, correct

    def step(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """One update on columns x (..., D, B), y (..., K, B): loss (R,), output (R, K, B), gradient (R, P)."""
        value, gradient, output = self.network.loss_and_gradient(self.loss, self.params, x, y, self.dropouts)
        self.optimizer.step(self.w, gradient)
        return value, output, gradient

    def batches(self) -> Iterator[tuple[Array, Array]]:
        """The training set once, as columns x (..., D, B) and y (..., K, B), each run in an order of its own."""
        n, size = self.x.shape[-2], self.config.batch_size
        if size is None or size >= n:
            if self.whole is None:  # a copy, because products with transposed views are slower
                self.whole = np.ascontiguousarray(self.x.mT), np.ascontiguousarray(self.y.mT)
            yield self.whole
            return
        orders = np.array([rng.permutation(n) for rng in self.orders])
        rows = np.arange(len(self.runs))[:, None]
        for start in range(0, n, size):
            batch = orders[:, start : start + size]
            if self.shared:
                yield self.x[batch].mT, self.y[batch].mT
            else:
                yield self.x[rows, batch].mT, self.y[rows, batch].mT

    def record(self, epoch: int, loss: Array, correct: Array) -> None:
        val = evaluate(self.network, self.config.loss, self.w, self.x_val, self.y_val)
        self.log[self.runs, self.n_recorded] = np.transpose([np.full(len(self.runs), epoch), loss, correct, *val])
        self.n_recorded += 1
        self.tell(len(self.runs) * (epoch - self.told), loss=loss)
        self.told = epoch

    def leave(self, epoch: int, reasons: dict[int, str]) -> None:
        """Take rows out of the stack, with the reason why each run ended."""
        if not reasons:
            return
        for row, reason in reasons.items():
            self.ended[self.runs[row]] = (self.w[row].copy(), epoch, reason)
        self.tell(len(reasons) * (self.config.n_epochs - self.told))
        stay = np.setdiff1d(np.arange(len(self.runs)), list(reasons))
        self.runs, self.w = self.runs[stay], self.w[stay]
        self.optimizer.keep(stay)
        self.orders, self.dropouts = ([rngs[row] for row in stay] for rngs in (self.orders, self.dropouts))
        if not self.shared:
            self.x, self.y, self.x_val, self.y_val = (a[stay] for a in (self.x, self.y, self.x_val, self.y_val))
        self.rules.keep(stay)
        self.bind()

    def results(self, seconds: float) -> list[Run]:
        """The runs in the order of their configs; the time is shared out by epochs."""
        per_epoch = seconds / max(sum(epoch for _, epoch, _ in self.ended.values()), 1)
        runs = []
        for i, config in enumerate(self.configs):
            flat, epoch, reason = self.ended[i]
            log = self.log[i, : np.searchsorted(self.recorded, epoch, side="right")]
            final = self.final(flat, i)
            if not (np.isfinite(flat).all() and np.isfinite(final["train_loss"])):
                flat, reason = one_nan(flat), "diverged"  # perhaps only by its last update, whose loss nobody has seen
            runs.append(Run(config, self.network, flat, log, final, epoch, reason, epoch * per_epoch))
        return runs

    def final(self, flat: Array, run: int) -> dict[str, float]:
        """Loss and accuracy of the final weights on each part of the data."""
        found = {}
        for part in ("train", "val", "test"):
            x, y = (a.astype(self.dtype, copy=False) for a in getattr(self.datasets[run], part))
            values = evaluate(self.network, self.config.loss, flat, x, y)
            found[f"{part}_loss"], found[f"{part}_accuracy"] = map(float, values)
        return found


def recorded_epochs(n_epochs: int) -> set[int]:
    """The epochs a history keeps: 200 evenly spaced, every twentieth of n_epochs among them, and more at the start."""
    even = np.arange(1, 201) * n_epochs // 200
    early = np.geomspace(1, max(n_epochs, 1), 100).round().astype(int)
    return set(even.tolist()) | set(early.tolist())
