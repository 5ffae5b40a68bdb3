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
from .config import RunConfig
from .datasets import GIVEN, Dataset, is_delivered, load_dataset
from .targets import encoded

# Threads inside a product of small matrices cost more than they bring, and may change its bits: cores go to processes.
BLAS = ThreadpoolController()


def quiet_single_thread() -> tuple:
    """Context managers for all arithmetic on networks: one BLAS thread, and an overflow is a result, not a warning."""
    return BLAS.limit(limits=1, user_api="blas"), np.errstate(all="ignore")


@dataclass(frozen=True, eq=False)
class Run:
    """A trained run.

    `flat` holds its parameters, (P,). `history` has a row for each recorded epoch: epoch; train_loss and
    train_accuracy as seen during that epoch, each example before the update it belongs to; val_loss and val_accuracy
    after it. `results` holds loss and accuracy of the final weights on train, val and test, nan where a part is empty.
    `epochs` is how many ran, and `stopped` says why: "n_epochs", "loss_target", "accuracy_target", "patience" or
    "diverged". `seconds` is the run's share of its stack's training time. `data` is what it was trained on where its
    config alone cannot draw it: arrays that were passed, or a data set that a notebook registered.
    """

    config: RunConfig
    network: Network
    flat: Array
    history: pd.DataFrame
    results: dict[str, float]
    epochs: int
    stopped: str
    seconds: float
    data: Dataset | None = None

    @cached_property
    def dataset(self) -> Dataset:
        """The data the run was trained on; where the run does not keep them, drawn again from its config."""
        return dataset_of(self.config) if self.data is None else self.data

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
        """The accuracy, a fraction, on examples x (N, D) with labels y (N,), classes or their numbers, or targets
        (N, K)."""
        predicted, y = self.predict(x), np.asarray(y)
        if y.ndim == 1:
            n_classes = max(2, self.network.n_out)
            y, _ = encoded(y, (self.data and self.data.classes) or tuple(range(n_classes)))
        if y.shape != (len(predicted), self.network.n_out):
            raise LabError(
                f"y must be labels ({len(predicted)},) or targets ({len(predicted)}, {self.network.n_out}), as many as "
                f"the rows of x; got {y.shape}"
            )
        return float(np.mean(predicted == labels_of(y.T)))


def dataset_of(config: RunConfig, data: Dataset | None = None) -> Dataset:
    """The data a config trains on: those passed, or drawn from data_seed, from seed where that is None."""
    if data is not None:
        return data
    seed = config.seed if config.data_seed is None else config.data_seed
    return load_dataset(config.dataset, config.n_examples, config.noise, seed)


def on_data(config: RunConfig, data: Dataset | None) -> RunConfig:
    """The config of a run on data that are passed: its data set is "given", so that nothing says it was another.

    Raises LabError where the config asks for other data: another data set, unless it is the default, another number of
    examples, or a noise or seed of what would be drawn.
    """
    if data is None:
        return config
    if not isinstance(data, Dataset):
        raise LabError(f"data must be a Dataset, such as Dataset.from_arrays(X, y); got {type(data).__name__}")
    if config.dataset not in (RunConfig.dataset, GIVEN, data.name):
        raise LabError(
            f"the config says dataset={config.dataset!r}, but the data passed are {data.name!r}; leave one of them out"
        )
    for name, value in {"n_examples": data.n_train, "noise": None, "data_seed": None}.items():
        if (said := getattr(config, name)) not in (None, value):
            raise LabError(f"{name} must be {value} for the data {data.name!r}, which are not drawn; got {said!r}")
    return config.replace(dataset=GIVEN, n_examples=None)


def kept_data(config: RunConfig, data: Dataset | None) -> Dataset | None:
    """The data that a run has to keep, because a config of this process or of another cannot draw them again."""
    return data if data is not None or is_delivered(config.dataset) else dataset_of(config)


def network_of(config: RunConfig, dataset: Dataset) -> Network:
    return build_network(config, dataset.shape, n_out=dataset.y.shape[1])


def one_nan(array: Array) -> Array:
    """The array with one pattern of bits for every nan: their signs differ with the runs that were trained beside."""
    return np.where(np.isnan(array), np.nan, array)


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
