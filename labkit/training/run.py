"""A run: one network, one configuration, one seed, and what became of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..data.dataset import Dataset
from ..data.sources import GIVEN, is_delivered, load_dataset
from ..data.targets import encoded
from ..errors import LabError, instance
from ..nn.activations import Array
from ..nn.gradcheck import gradient_errors
from ..nn.layers import Params
from ..nn.losses import LOSSES, check_shapes
from ..nn.network import Network
from ..overview import Overview
from ..rounding import percent, significant
from ..words import PARTS
from .architecture import operations
from .arithmetic import quiet_single_thread
from .config import RunConfig

HISTORY = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy")


@dataclass(frozen=True, eq=False, repr=False)
class Run(Overview):
    """A trained run.

    `flat` holds its parameters, (P,), and `log` its history, a row a recorded epoch with the columns of `HISTORY`.
    `results` holds loss and accuracy of the final weights on train, val and test, nan where a part is empty.
    `epochs` is how many ran, and `stopped` says why: "n_epochs", "loss_target", "accuracy_target", "patience" or
    "diverged". `seconds` is the run's share of its stack's training time. `data` is what it was trained on where its
    config alone cannot draw it: arrays that were passed, or a data set that a notebook registered. `platform` is the
    machine that trained it, as experiments/platforms tells it.
    """

    config: RunConfig
    network: Network
    flat: Array
    log: Array
    results: dict[str, float]
    epochs: int
    stopped: str
    seconds: float
    data: Dataset | None = None
    platform: str = ""

    @cached_property
    def dataset(self) -> Dataset:
        """The data the run was trained on; where the run does not keep them, drawn again from its config."""
        return dataset_of(self.config) if self.data is None else self.data

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row a recorded epoch: epoch; train_loss and train_accuracy as seen during it, each example before the
        update it belongs to; val_loss and val_accuracy after it."""
        return pd.DataFrame(self.log, columns=HISTORY).astype({"epoch": int})

    @cached_property
    def params(self) -> list[Params]:
        """One dict per layer, {"W": (n_out, n_in), "b": (n_out, 1)} or empty, in layer order."""
        return self.network.views(self.flat)

    @property
    def diverged(self) -> bool:
        return self.stopped == "diverged"

    @property
    def operations(self) -> int:
        """Multiplications and additions of its training: what seconds are made of, and the same on every machine."""
        return operations(self.network, self.dataset.n_train, self.epochs)

    def overview(self) -> list:
        ended = {"n_epochs": "", "diverged": ", diverged"}.get(self.stopped, f", stopped by {self.stopped}")
        params = self.network.views(np.empty(self.network.n_params))
        weights = ", ".join("×".join(map(str, p["W"].shape)) for p in params if p)
        results = pd.DataFrame(
            {
                words: [significant(self.results[f"{part}_loss"]), percent(self.results[f"{part}_accuracy"])]
                for part, words in PARTS.items()
            },
            index=pd.Index(["loss", "accuracy"], name=""),
        )
        return [
            f"Run of {self.config!r}",
            f"{self.epochs:,} epochs{ended}; weights {weights}, {self.network.n_params:,} parameters",
            results,
        ]

    def predict_proba(self, x: Array) -> Array:
        """The probability (N, K) of label 1, or of each class, for examples x (N, D)."""
        return LOSSES[self.config.loss].probabilities(self.output(x).T).T

    def output(self, x: Array) -> Array:
        """What the network puts out (N, K) for examples x (N, D): logits, where the loss takes these."""
        try:
            x = np.asarray(x, dtype=self.flat.dtype)
        except (TypeError, ValueError) as error:
            raise LabError(f"x must be numbers (N, D), a row an example: {error}") from None
        n_in = self.network.sizes[0]
        if x.ndim != 2 or x.shape[1] != n_in:
            raise LabError(f"x must be of shape (N, {n_in}); got {x.shape}")
        with quiet_single_thread():
            output, _ = self.network.forward(self.params, x.T)
            return output.T

    def predict(self, x: Array) -> Array:
        """Labels (N,) for examples x (N, D): 1 from a probability of 0.5 on, or the likeliest class; -1 for a nan."""
        return predicted(self.config.loss, self.output(x))

    def score(self, x: Array, y: Array) -> float:
        """The accuracy, a fraction, on examples x (N, D) with labels y (N,), classes or their numbers, or targets
        (N, K)."""
        answers, y, n_out = self.predict(x), np.asarray(y), self.network.n_out
        if y.ndim == 1:
            y, _ = encoded(y, (self.data and self.data.classes) or tuple(range(max(2, n_out))))
        if y.shape != (len(answers), n_out):
            raise LabError(
                f"y must be labels ({len(answers)},) or targets ({len(answers)}, {n_out}), as many as the rows of x; "
                f"got {y.shape}"
            )
        return float(np.mean(answers == labels_of(y)))


def check_gradients(run: Run, n_examples: int = 20) -> pd.DataFrame:
    """Check the backward pass of a run's network on its own loss and n_examples of its training set; one row per
    parameter array. Raises GradientError, naming parameter, index and both values, where it is wrong."""
    instance("run", run, Run, "train_one(RunConfig())")
    x, y = (part[:n_examples].T.astype(np.float64) for part in run.dataset.train)
    start = initial_weights(run.network, run.config.replace(bias_init="normal"), np.random.default_rng(0))
    with quiet_single_thread():
        rows = gradient_errors(run.network, LOSSES[run.config.loss].function, start, x, y)
    return pd.DataFrame(rows)


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
    instance("config", config, RunConfig, "RunConfig(lr=1.0)")
    if data is None:
        return config
    instance("data", data, Dataset, "Dataset.from_arrays(X, y)")
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


def initial_weights(network: Network, config: RunConfig, rng: np.random.Generator) -> Array:
    """Initial parameters (P,) in float64, as a config says."""
    return network.initial(rng, config.init, config.bias_init, config.init_gain, config.activation)


def one_nan(array: Array) -> Array:
    """The array with one pattern of bits for every nan: their signs differ with the runs that were trained beside."""
    return np.where(np.isnan(array), np.nan, array)


def labels_of(y: Array) -> Array:
    """Labels (..., N) of targets or probabilities (..., N, K): 0 or 1 for K = 1, else the largest; -1 for a nan."""
    labels = (y[..., 0] >= 0.5).astype(int) if y.shape[-1] == 1 else y.argmax(axis=-1)
    labels[np.isnan(y).any(axis=-1)] = -1
    return labels


def predicted(loss: str, output: Array) -> Array:
    """Labels (..., N) of what a network puts out, (..., N, K).

    Of several outputs the largest, before sigmoid or softmax: saturated probabilities would be equal.
    """
    return labels_of(output if output.shape[-1] > 1 else LOSSES[loss].probabilities(output))


def accuracy(loss: str, output: Array, y: Array) -> Array:
    """The fraction (...) of examples whose label is right; outputs and targets (..., K, N)."""
    return np.mean(predicted(loss, output.mT) == labels_of(y.mT), axis=-1)


def loss_and_gradient(network: Network, loss: str, w: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """The loss (...) and its derivatives (..., P) by parameters w (..., P), on examples x (N, D), targets y (N, K)."""
    columns = (part.T.astype(w.dtype) for part in (x, y))
    with quiet_single_thread():
        return network.loss_and_gradient(LOSSES[loss].function, network.views(w), *columns)[:2]


def evaluate(network: Network, loss: str, w: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Loss and accuracy (...) of parameters w (..., P) on examples x (..., N, D) with targets y (..., N, K); nan where
    there are none."""
    if not x.shape[-2]:
        missing = np.full(w.shape[:-1], np.nan)
        return missing, missing
    output, _ = network.forward(network.views(w), x.mT)
    check_shapes(output, y.mT)
    value, _ = LOSSES[loss].function(output, y.mT)
    return value, accuracy(loss, output, y.mT)
