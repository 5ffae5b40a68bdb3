"""The fixed work of the benchmark: data, network, loss, rate, initial weights and order of the batches.

Every peer gets the same arrays in float32, so all must end at the same loss. A task is one work done by n_runs runs
for n_epochs, by labkit either as bare epochs or as a whole study; its time is given per run and epoch.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labkit.data.dataset import ORDER_STREAM, WEIGHTS_STREAM, Dataset
from labkit.training.architecture import build_network
from labkit.training.config import RunConfig
from labkit.training.run import dataset_of, initial_weights

Array = np.ndarray
Weights = list[tuple[Array, Array]]  # W (n_out, n_in) and b (n_out,) of each layer
STUDY_RUNS, STUDY_EPOCHS = (1, 30), 5_000


@dataclass(frozen=True, eq=False)
class Work:
    """One of (a) to (f); `epochs` says for each number of runs how many epochs a measurement takes."""

    name: str
    title: str
    config: RunConfig
    epochs: dict[int, int]
    digits: int | None = None  # so many random examples in the shape of MNIST, instead of the config's data

    @cached_property
    def dataset(self) -> Dataset:
        if self.digits is None:
            return dataset_of(self.config)
        rng = np.random.default_rng(0)
        x = rng.random((self.digits, 784), dtype=np.float32)
        y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, self.digits)]
        return Dataset("random digits", x, y, n_train=self.digits)

    @cached_property
    def x(self) -> Array:
        """Training examples (N, D)."""
        return np.array(self.dataset.train[0], np.float32, order="C")

    @cached_property
    def y(self) -> Array:
        """Targets (N, K)."""
        return np.array(self.dataset.train[1], np.float32, order="C")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units from input to output."""
        return (self.x.shape[1], *self.config.hidden_sizes, self.y.shape[1])

    @property
    def momentum(self) -> float:
        return self.config.momentum if self.config.optimizer == "momentum" else 0.0

    @property
    def batch_size(self) -> int:
        return self.config.batch_size or len(self.x)

    def configs(self, n_runs: int, n_epochs: int) -> list[RunConfig]:
        """One config a run: they differ in the seed of weights and batch order, and share the data."""
        return [self.config.replace(seed=seed, data_seed=0, n_epochs=n_epochs) for seed in range(n_runs)]

    def start(self, seed: int) -> Weights:
        """The initial weights of a run, as labkit draws them."""
        network = build_network(self.config, self.dataset.shape, self.dataset.y.shape[1])
        rng = np.random.default_rng([seed, WEIGHTS_STREAM])
        flat = initial_weights(network, self.config, rng).astype(np.float32)
        return [(p["W"].copy(), p["b"][:, 0].copy()) for p in network.views(flat) if p]

    def order(self, seed: int, n_epochs: int) -> Array:
        """The examples of each step of a run, (steps of all epochs, B), as labkit draws them."""
        if self.config.batch_size is None:
            return np.broadcast_to(np.arange(len(self.x)), (n_epochs, len(self.x)))
        rng = np.random.default_rng([seed, ORDER_STREAM])
        epochs = [rng.permutation(len(self.x)) for _ in range(n_epochs)]
        return np.concatenate(epochs).reshape(-1, self.batch_size)  # N is a multiple of B in all works


@dataclass(frozen=True, eq=False)
class Task:
    """What is timed: n_runs runs of a work for n_epochs. Of a whole study, labkit does all; the peers only train."""

    work: Work
    n_runs: int
    n_epochs: int
    study: bool = False

    def __str__(self) -> str:
        kind = "study" if self.study else "epochs"
        return f"({self.work.name}) {kind}, R = {self.n_runs}, E = {self.n_epochs:,}"


def tasks_of(work: Work) -> list[Task]:
    """Bare epochs for each number of runs, and whole studies of the small networks in full batch."""
    tasks = [Task(work, n_runs, n_epochs) for n_runs, n_epochs in work.epochs.items()]
    if work.config.batch_size is None:
        tasks += [Task(work, n_runs, STUDY_EPOCHS, study=True) for n_runs in STUDY_RUNS]
    return tasks


def stack(starts: list[Weights]) -> Weights:
    """The weights of several runs with a run axis in front."""
    return [(np.stack(W), np.stack(b)) for W, b in (zip(*layer, strict=True) for layer in zip(*starts, strict=True))]


def full_batch(**settings) -> RunConfig:
    return RunConfig(data_seed=0, init_gain=0.5, lr=0.5, **settings)


def digits(batch_size: int) -> RunConfig:
    return RunConfig(
        hidden_sizes=(360,),
        activation="relu",
        output_activation="softmax",
        loss="cross_entropy",
        optimizer="sgd",
        lr=0.01,
        init="kaiming",
        batch_size=batch_size,
    )


WORKS = [
    Work(
        "a",
        "xor, 21 points, 10/10",
        full_batch(dataset="xor", hidden_sizes=(10, 10)),
        {1: 400, 10: 200, 30: 150, 100: 100},
    ),
    Work(
        "b",
        "xor, 21 points, 100/100",
        full_batch(dataset="xor", hidden_sizes=(100, 100)),
        {1: 300, 10: 60, 30: 30, 100: 10},
    ),
    Work(
        "c",
        "linear, 1000 points, 4/4",
        full_batch(dataset="linear", n_examples=1000, hidden_sizes=(4, 4)),
        {1: 300, 10: 80, 30: 40, 100: 20},
    ),
    Work(
        "d",
        "linear, 100 points, 10/10",
        full_batch(dataset="linear", n_examples=100, hidden_sizes=(10, 10)),
        {1: 400, 10: 200, 30: 100, 100: 50},
    ),
    Work("e32", "784-360-10, batch 32", digits(32), {1: 1}, digits=20_480),
    Work("e128", "784-360-10, batch 128", digits(128), {1: 1}, digits=20_480),
    Work(
        "f",
        "chessboard, 100/50/10, batch 64",
        RunConfig(
            dataset="chessboard",
            n_examples=1024,
            data_seed=0,
            hidden_sizes=(100, 50, 10),
            loss="binary_cross_entropy",
            optimizer="momentum",
            lr=0.01,
            init="xavier",
            batch_size=64,
        ),
        {1: 10, 30: 2},
    ),
]
