"""A run: one network, one configuration, one seed, and what became of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from threadpoolctl import ThreadpoolController

from ..errors import LabError
from ..nn.activations import Array
from ..nn.layers import Params
from ..nn.losses import LOSSES, check_shapes
from ..nn.network import Network, build_network
from ..overview import Overview
from ..rounding import percent, significant
from .config import RunConfig
from .datasets import Dataset, load_dataset

# Threads inside a product of small matrices cost more than they bring, and may change its bits: cores go to processes.
BLAS = ThreadpoolController()


def quiet_single_thread() -> tuple:
    """Context managers for all arithmetic on networks: one BLAS thread, and an overflow is a result, not a warning."""
    return BLAS.limit(limits=1, user_api="blas"), np.errstate(all="ignore")


@dataclass(frozen=True, repr=False)
class Run(Overview):
    """A trained run.

    `flat` holds its parameters, (P,). `history` has a row for each recorded epoch: epoch; train_loss and
    train_accuracy as seen during that epoch, each example before the update it belongs to; val_loss and val_accuracy
    after it. `results` holds loss and accuracy of the final weights on train, val and test, nan where a part is empty.
    `epochs` is how many ran, and `stopped` says why: "n_epochs", "loss_target", "accuracy_target", "patience" or
    "diverged". `seconds` is the run's share of its stack's training time.
    """

    config: RunConfig
    network: Network
    flat: Array
    history: pd.DataFrame
    results: dict[str, float]
    epochs: int
    stopped: str
    seconds: float

    @cached_property
    def dataset(self) -> Dataset:
        """The data the run was trained on, drawn again from its config."""
        return dataset_of(self.config)

    @cached_property
    def params(self) -> list[Params]:
        """One dict per layer, {"W": (n_out, n_in), "b": (n_out, 1)} or empty, in layer order."""
        return self.network.views(self.flat)

    @property
    def diverged(self) -> bool:
        return self.stopped == "diverged"

    @property
    def operations(self) -> int:
        """Multiplications and additions of its training, about: for each epoch, example and parameter two forward
        and four backward. What seconds are made of, and the same on every machine; for dense layers only."""
        return 6 * self.epochs * self.dataset.n_train * self.network.n_params

    def overview(self) -> list:
        ended = {"n_epochs": "", "diverged": ", diverged"}.get(self.stopped, f", stopped by {self.stopped}")
        weights = ", ".join("×".join(map(str, p["W"].shape)) for p in self.params if p)
        parts = {"train": "training", "val": "validation", "test": "test"}
        results = pd.DataFrame(
            {
                words: [significant(self.results[f"{part}_loss"]), percent(self.results[f"{part}_accuracy"])]
                for part, words in parts.items()
            },
            index=pd.Index(["loss", "accuracy"], name=""),
        )
        return [
            f"Run of {self.config!r}",
            f"{self.epochs:,} epochs{ended}; weights {weights}, {self.network.n_params:,} parameters",
            results,
        ]

    def predict_proba(self, x: Array) -> Array:
        """Outputs (N, K) for examples x (N, D): the probability of label 1, or of each class."""
        x = np.asarray(x, dtype=self.flat.dtype)
        n_in = self.network.layers[0].n_in
        if x.ndim != 2 or x.shape[1] != n_in:
            raise LabError(f"x must be of shape (N, {n_in}); got {x.shape}")
        blas, silence = quiet_single_thread()
        with blas, silence:
            output, _ = self.network.forward(self.params, x.T)
            return self.network.probabilities(output).T

    def predict(self, x: Array) -> Array:
        """Labels (N,) for examples x (N, D): 1 from a probability of 0.5 on, or the likeliest class; -1 for a nan."""
        return labels_of(self.predict_proba(x).T)

    def score(self, x: Array, y: Array) -> float:
        """The accuracy, a fraction, on examples x (N, D) with targets y (N, K)."""
        return float(np.mean(self.predict(x) == labels_of(np.asarray(y).T)))


def dataset_of(config: RunConfig) -> Dataset:
    """The data a config trains on, drawn from data_seed, or from seed where that is None."""
    seed = config.seed if config.data_seed is None else config.data_seed
    return load_dataset(config.dataset, config.n_examples, config.noise, seed)


def network_of(config: RunConfig, dataset: Dataset) -> Network:
    return build_network(config, dataset.shape, n_out=dataset.y.shape[1])


def labels_of(columns: Array) -> Array:
    """Labels (..., N) of outputs or targets (..., K, N): 0 or 1 for K = 1, else the largest; -1 where one is nan."""
    labels = (columns[..., 0, :] >= 0.5).astype(int) if columns.shape[-2] == 1 else columns.argmax(axis=-2)
    labels[np.isnan(columns).any(axis=-2)] = -1
    return labels


def accuracy(outputs: Array, targets: Array) -> Array:
    """The fraction (...) of examples whose label is right; outputs and targets (..., K, N)."""
    return np.mean(labels_of(outputs) == labels_of(targets), axis=-1)


def evaluate(network: Network, loss: str, params: list[Params], x: Array, y: Array) -> tuple[Array, Array]:
    """Loss and accuracy (...) on examples x (..., N, D) with targets y (..., N, K); nan where there are none."""
    if not x.shape[-2]:
        missing = np.full(params[0]["W"].shape[:-2], np.nan)
        return missing, missing
    output, _ = network.forward(params, x.mT)
    check_shapes(output, y.mT)
    value, _ = LOSSES[loss].function(output, y.mT)
    return value, accuracy(network.probabilities(output), y.mT)
