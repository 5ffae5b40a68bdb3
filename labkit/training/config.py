"""The configuration of a run: every setting that decides its result, checked when it is made."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from math import inf

import numpy as np
import pandas as pd

from ..data.sources import DATASETS, NOISE
from ..errors import COUNT_OR_NONE, SEED_OR_NONE, WHOLE, LabError, choice, number, plain, shown
from ..nn.activations import ACTIVATIONS
from ..nn.initializers import BIAS_INITIALIZERS, INITIALIZERS
from ..nn.losses import LOSSES
from ..nn.optimizers import HYPERPARAMETERS, OPTIMIZERS
from ..plain_tables import to_html
from .front import parse

SHARE = number(float, "in [0, 1)", lambda v: 0 <= v < 1)
POSITIVE = number(float, "> 0", lambda v: 0 < v < inf)


def setting(default, meaning: str, check: Callable[[str, object], None]):
    """A field of RunConfig: its default, what it means, and the check of its value."""
    return field(default=default, metadata={"meaning": meaning, "check": check})


def one_of(*registries) -> Callable[[str, object], None]:
    """A check for a name in one of the registries, as they are when it is called: a notebook may add rows."""
    return lambda name, value: choice(name, value, chain(*registries))


def sizes(name: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(type(n) is int and n >= 1 for n in value):
        raise LabError(f"{name} must be a tuple of integers >= 1, such as (10, 10), or (); got {shown(value)}")


def layers(name: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
        raise LabError(
            f'{name} must be a tuple of layers, such as ("conv2d(8, 3, 1)", "relu"), or (); got {shown(value)}'
        )
    for text in value:
        parse(text)


def as_setting(value: object) -> object:
    """A value as a config keeps it: numbers of Python, and a tuple for a list or an array."""
    if isinstance(value, np.ndarray) and value.ndim:
        value = list(value)
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else plain(value)


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """One run. Raises LabError for a name or a value that is not allowed; `batch_size=None` is full batch.

    Numbers of numpy are taken as they are read: `np.float32(0.1)` is 0.1, and has the same key.
    """

    dataset: str = setting("xor", "data set", one_of(DATASETS))
    n_examples: int | None = setting(None, "training examples, None is the data set's own", COUNT_OR_NONE)
    noise: float | None = setting(None, "shift of the points, standard deviation", NOISE)
    data_seed: int | None = setting(None, "seed of the data, None follows seed", SEED_OR_NONE)
    front: tuple[str, ...] = setting((), "layers in front of the hidden ones", layers)
    hidden_sizes: tuple[int, ...] = setting((10, 10), "units of each hidden layer", sizes)
    activation: str = setting("sigmoid", "activation of the hidden layers", one_of(ACTIVATIONS))
    leaky_slope: float = setting(0.01, "slope of leaky ReLU below 0", SHARE)
    dropout: float = setting(0.0, "dropout after each hidden layer", SHARE)
    output_activation: str = setting("sigmoid", "activation of the output", one_of(ACTIVATIONS, ["softmax"]))
    loss: str = setting("mse", "loss", one_of(LOSSES))
    optimizer: str = setting("gd", "optimizer", one_of(OPTIMIZERS))
    lr: float = setting(0.1, "learning rate", POSITIVE)
    momentum: float = setting(0.9, "β of the momentum optimizers", SHARE)
    beta1: float = setting(0.9, "β₁ of Adam", SHARE)
    beta2: float = setting(0.999, "β₂ of Adam and RMSprop", SHARE)
    eps: float = setting(1e-8, "ε of Adam, RMSprop, AdaGrad", POSITIVE)
    weight_decay: float = setting(0.0, "weight decay λ", number(float, ">= 0", lambda v: 0 <= v < inf))
    n_epochs: int = setting(30_000, "passes over the training set", WHOLE)
    batch_size: int | None = setting(None, "examples of a step, None is all", COUNT_OR_NONE)
    init: str = setting("normal", "initializer of the weights", one_of(INITIALIZERS))
    init_gain: float = setting(1.0, "factor on the initial weights", number(float, ">= 0", lambda v: 0 <= v < 1e6))
    bias_init: str = setting("zeros", "initializer of the biases", one_of(BIAS_INITIALIZERS))
    dtype: str = setting("float32", "floating-point type", one_of(["float32", "float64"]))
    seed: int = setting(0, "seed of weights, batch order and data", WHOLE)
    loss_target: float | None = setting(
        None, "stop when the training loss is this low", number(float, ">= 0", lambda v: v >= 0, none=True)
    )
    accuracy_target: float | None = setting(
        None,
        "stop when the training accuracy is this high",
        number(float, "in (0, 1]", lambda v: 0 < v <= 1, none=True),
    )
    patience: int | None = setting(None, "stop after this many epochs without a lower loss", COUNT_OR_NONE)

    def __new__(cls, *unnamed, **settings):
        """Refuses what the dataclass would answer with a TypeError."""
        if unnamed:
            raise LabError(f"settings are given by name, such as RunConfig(lr=0.1); got {shown(unnamed[0])}")
        for name in settings:
            choice("setting", name, cls.__dataclass_fields__)
        return super().__new__(cls)

    def __post_init__(self):
        for f in dataclasses.fields(self):
            value = as_setting(getattr(self, f.name))
            f.metadata["check"](f.name, value)
            if f.type in (float, float | None) and value is not None:
                value = float(value)  # 1 and 1.0 are one setting, with one key
            object.__setattr__(self, f.name, value)
        for name in HYPERPARAMETERS:
            self.check_as_trained(name)
        applied = LOSSES[self.loss].applies
        if applied is not None and self.output_activation != applied:
            raise LabError(
                f"output_activation must be {applied!r} when loss is {self.loss!r}, which takes logits and applies it; "
                f"got {self.output_activation!r}"
            )

    def check_as_trained(self, name: str) -> None:
        """Raise LabError where a number is allowed, but not what is left of it in the run's dtype."""
        value = getattr(self, name)
        with np.errstate(over="ignore"):
            kept = float(np.dtype(self.dtype).type(value))
        try:
            self.__dataclass_fields__[name].metadata["check"](name, kept)
        except LabError as error:
            raise LabError(f"{error}, which is what {self.dtype} makes of {value!r}") from None

    def replace(self, **changes) -> "RunConfig":
        """A config with some settings changed."""
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict:
        """The settings by name, in the order of the fields. RunConfig(**settings) is the config again, also where JSON
        made lists of the tuples."""
        return dict(vars(self))

    def differing(self) -> dict:
        """The data set, and the settings that are not the default."""
        fields = dataclasses.fields(self)
        return {f.name: v for f in fields if (v := getattr(self, f.name)) != f.default or f.name == "dataset"}

    def __repr__(self) -> str:
        return config_text(self.differing())

    def _repr_html_(self) -> str:
        fields, rows = {f.name: f for f in dataclasses.fields(self)}, {}
        for name, value in self.differing().items():
            field = fields[name]
            rows[name] = {"value": repr(value), "default": repr(field.default), "meaning": field.metadata["meaning"]}
        return to_html(pd.DataFrame.from_dict(rows, orient="index").rename_axis("setting"))

    def key(self) -> str:
        """A SHA-256 of the settings, the same on every machine."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


def config_text(settings: dict) -> str:
    """Some settings as the call that makes a config of them."""
    return f"RunConfig({', '.join(f'{name}={value!r}' for name, value in settings.items())})"
