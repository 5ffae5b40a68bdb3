"""python -m benchmarks.bits: one SHA-256 over the weights, results and histories of many small trainings.

A change of the engine that changes no bit prints the same again, on the same machine with the same numpy; `diff` of two
outputs names the parts that differ. A registry's new row adds a part, or changes the parts that try all its rows.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import product

import numpy as np

from labkit.data.sources import DATASETS
from labkit.nn.activations import ACTIVATIONS
from labkit.nn.initializers import BIAS_INITIALIZERS, INITIALIZERS
from labkit.nn.losses import LOSSES
from labkit.nn.optimizers import OPTIMIZERS
from labkit.training.config import RunConfig
from labkit.training.run import Run
from labkit.training.stack import train_stack

from .work import Array

Stack = list[RunConfig]
DTYPES = ("float32", "float64")
ADAPTIVE = ("adagrad", "rmsprop", "adam", "adamw")
FULL_BATCH, SAME_DATA, DECAYED = ("gd", "momentum", "adam"), ("gd", "adam"), ("momentum", "adamw")
OUTPUTS = ("sigmoid", "tanh", "identity", "softmax")  # of a loss that applies none itself
POINTS = [name for name, source in DATASETS.items() if not source.image and name != "given"]


def seeds(n: int, config: RunConfig) -> Stack:
    return [config.replace(seed=seed) for seed in range(n)]


def grid(activation: str) -> Iterator[Stack]:
    """An activation with every loss, output activation and optimizer: full batch or not, data shared or not."""
    losses = [(loss, out) for loss in LOSSES for out in ([LOSSES[loss].applies] if LOSSES[loss].applies else OUTPUTS)]
    for (loss, out), optimizer in product(losses, OPTIMIZERS):
        config = RunConfig(
            dataset="digits" if out == "softmax" else "moons",
            n_examples=60,
            data_seed=0 if optimizer in SAME_DATA else None,
            hidden_sizes=(7, 5),
            activation=activation,
            output_activation=out,
            loss=loss,
            optimizer=optimizer,
            lr=0.02 if optimizer in ADAPTIVE else 0.3,
            weight_decay=0.001 if optimizer in DECAYED else 0.0,
            n_epochs=12,
            batch_size=None if optimizer in FULL_BATCH else 16,
            init="xavier",
        )
        yield seeds(3, config)


def initializer(init: str) -> Iterator[Stack]:
    for bias_init, activation, dtype in product(BIAS_INITIALIZERS, ACTIVATIONS, DTYPES):
        settings = {"init": init, "bias_init": bias_init, "activation": activation, "dtype": dtype}
        yield seeds(3, RunConfig(n_epochs=30, lr=0.5, **settings))


def convolutions() -> Iterator[Stack]:
    """In two dimensions with pooling and dropout, on images; and in one."""
    for dtype in DTYPES:
        images = RunConfig(
            dataset="digits",
            n_examples=100,
            front=("conv2d(4, 3, 1)", "relu", "maxpool2d(2)", "dropout(0.2)", "flatten"),
            hidden_sizes=(16,),
            activation="relu",
            dropout=0.1,
            output_activation="softmax",
            loss="cross_entropy",
            optimizer="adam",
            lr=0.01,
            n_epochs=5,
            batch_size=20,
            init="kaiming",
            dtype=dtype,
        )
        yield seeds(3, images)
        front = ("conv1d(3, 2, 1)", "relu")
        yield seeds(3, RunConfig(dataset="linear", front=front, hidden_sizes=(8,), n_epochs=50, dtype=dtype))


def points(dataset: str) -> Iterator[Stack]:
    """A data set as it is and with noise."""
    for noise in (None, 0.05):
        yield seeds(3, RunConfig(dataset=dataset, noise=noise, lr=1.0, n_epochs=100))


def endings() -> Iterator[Stack]:
    """Stacks that runs leave at different epochs, for every reason, with rates of their own."""
    base = RunConfig(dataset="linear", hidden_sizes=(10, 10), n_epochs=300)
    rules = [{}, {"loss_target": 0.2}, {"accuracy_target": 0.8}, {"patience": 3}, {"loss_target": 0.1, "patience": 20}]
    for optimizer in OPTIMIZERS:
        yield [base.replace(optimizer=optimizer, seed=i, lr=0.02 * 4**i, **rule) for i, rule in enumerate(rules)]
    diverging = base.replace(activation="relu", output_activation="identity")
    yield [diverging.replace(seed=i, lr=0.01 * 10**i) for i in range(6)]


def parts() -> dict[str, Iterator[Stack]]:
    return {
        **{f"activation {name}": grid(name) for name in ACTIVATIONS},
        **{f"initializer {name}": initializer(name) for name in INITIALIZERS},
        "convolutions": convolutions(),
        **{f"data set {name}": points(name) for name in POINTS},
        "stop rules": endings(),
    }


def pattern(array: Array) -> bytes:
    """The bytes of an array in which all nan are the same one: their sign and payload mean nothing."""
    return array.dtype.str.encode() + np.where(np.isnan(array), np.array(np.nan, array.dtype), array).tobytes()


def bits(run: Run) -> Iterator[bytes]:
    """All that training decided of a run; not how long it took."""
    yield pattern(run.flat)
    yield json.dumps([run.epochs, run.stopped, *run.results, *run.history]).encode()
    yield pattern(np.array([*run.results.values()], float))
    yield pattern(run.history.to_numpy(float))


def main() -> None:
    whole, n_runs = hashlib.sha256(), 0
    for name, stacks in parts().items():
        part = hashlib.sha256()
        for run in (run for stack in stacks for run in train_stack(stack)):
            part.update(b"".join(bits(run)))
            n_runs += 1
        print(f"{name:<24}{part.hexdigest()[:16]}", flush=True)
        whole.update(part.digest())
    print(f"{n_runs:,} runs: {whole.hexdigest()}")


if __name__ == "__main__":
    main()
