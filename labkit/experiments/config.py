"""The configuration of a run: every setting that decides its result, checked when it is made."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from ..errors import LabError, choice
from ..nn.activations import ACTIVATIONS
from ..nn.initializers import BIAS_INITIALIZERS, INITIALIZERS
from ..nn.losses import LOSSES
from ..nn.optimizers import OPTIMIZERS
from ..plain_tables import to_html
from .architecture import parse
from .datasets import DATASETS


def setting(default, meaning: str, check: Callable[[str, object], None]):
    """A field of RunConfig: its default, what it means, and the check of its value."""
    return field(default=default, metadata={"meaning": meaning, "check": check})


def one_of(*registries) -> Callable[[str, object], None]:
    allowed = [name for registry in registries for name in registry]
    return lambda name, value: choice(name, value, allowed)


def number(kind: type, allowed: str, test: Callable[[float], bool], none: bool = False):
    """A check for an int or a float for which `test` holds; `allowed` says so in words."""

    def check(name: str, value: object) -> None:
        if value is None and none:
            return
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not numeric or (kind is int and not isinstance(value, int)) or not test(value):
            words = f"{'None or ' if none else ''}{'an integer' if kind is int else 'a number'} {allowed}"
            raise LabError(f"{name} must be {words}; got {value!r}")

    return check


def sizes(name: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(
        isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in value
    ):
        raise LabError(f"{name} must be a tuple of integers >= 1, such as (10, 10), or (); got {value!r}")


def layers(name: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
        raise LabError(f'{name} must be a tuple of layers, such as ("conv2d(8, 3, 1)", "relu"), or (); got {value!r}')
    for text in value:
        parse(text)


def finite(value: float) -> bool:
    return abs(value) < float("inf")


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """One run. Raises LabError for a value that is not allowed; `batch_size=None` is full batch."""

    dataset: str = setting("xor", "data set", one_of(DATASETS))
    n_examples: int | None = setting(
        None,
        "training examples, None is the data set's own",
        number(int, ">= 1", lambda v: v >= 1, none=True),
    )
    noise: float | None = setting(
        None,
        "shift of the points, standard deviation",
        number(float, ">= 0", lambda v: 0 <= v < 1e6, none=True),
    )
    data_seed: int | None = setting(
        None, "seed of the data, None follows seed", number(int, ">= 0", lambda v: v >= 0, none=True)
    )
    front: tuple[str, ...] = setting((), "layers in front of the hidden ones", layers)
    hidden_sizes: tuple[int, ...] = setting((10, 10), "units of each hidden layer", sizes)
    activation: str = setting("sigmoid", "activation of the hidden layers", one_of(ACTIVATIONS))
    leaky_slope: float = setting(0.01, "slope of leaky ReLU below 0", number(float, "in [0, 1)", lambda v: 0 <= v < 1))
    dropout: float = setting(0.0, "dropout after each hidden layer", number(float, "in [0, 1)", lambda v: 0 <= v < 1))
    output_activation: str = setting("sigmoid", "activation of the output", one_of(ACTIVATIONS, ["softmax"]))
    loss: str = setting("mse", "loss", one_of(LOSSES))
    optimizer: str = setting("gd", "optimizer", one_of(OPTIMIZERS))
    lr: float = setting(0.1, "learning rate", number(float, "> 0", lambda v: v > 0 and finite(v)))
    momentum: float = setting(0.9, "β of the momentum optimizers", number(float, "in [0, 1)", lambda v: 0 <= v < 1))
    beta1: float = setting(0.9, "β₁ of Adam", number(float, "in [0, 1)", lambda v: 0 <= v < 1))
    beta2: float = setting(0.999, "β₂ of Adam and RMSprop", number(float, "in [0, 1)", lambda v: 0 <= v < 1))
    eps: float = setting(1e-8, "ε of Adam, RMSprop, AdaGrad", number(float, "> 0", lambda v: v > 0 and finite(v)))
    weight_decay: float = setting(0.0, "weight decay λ", number(float, ">= 0", lambda v: v >= 0 and finite(v)))
    n_epochs: int = setting(30_000, "passes over the training set", number(int, ">= 0", lambda v: v >= 0))
    batch_size: int | None = setting(
        None, "examples of a step, None is all", number(int, ">= 1", lambda v: v >= 1, none=True)
    )
    init: str = setting("normal", "initializer of the weights", one_of(INITIALIZERS))
    init_gain: float = setting(1.0, "factor on the initial weights", number(float, ">= 0", lambda v: 0 <= v < 1e6))
    bias_init: str = setting("zeros", "initializer of the biases", one_of(BIAS_INITIALIZERS))
    dtype: str = setting("float32", "floating-point type", one_of(["float32", "float64"]))
    seed: int = setting(0, "seed of weights, batch order and data", number(int, ">= 0", lambda v: v >= 0))
    loss_target: float | None = setting(
        None, "stop when the training loss is this low", number(float, ">= 0", lambda v: v >= 0, none=True)
    )
    accuracy_target: float | None = setting(
        None,
        "stop when the training accuracy is this high",
        number(float, "in (0, 1]", lambda v: 0 < v <= 1, none=True),
    )
    patience: int | None = setting(
        None,
        "stop after this many epochs without a lower loss",
        number(int, ">= 1", lambda v: v >= 1, none=True),
    )

    def __post_init__(self):
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            f.metadata["check"](f.name, value)
            if isinstance(f.default, float) and value is not None:
                object.__setattr__(self, f.name, float(value))  # 1 and 1.0 are one setting, with one key
        applied = LOSSES[self.loss].applies
        if applied is not None and self.output_activation != applied:
            raise LabError(
                f"output_activation must be {applied!r} when loss is {self.loss!r}, which takes logits and applies it; "
                f"got {self.output_activation!r}"
            )

    def replace(self, **changes) -> "RunConfig":
        """A config with some settings changed; an unknown name is a LabError that names the nearest."""
        for name in changes:
            choice("setting", name, [f.name for f in dataclasses.fields(self)])
        return dataclasses.replace(self, **changes)

    @classmethod
    def from_dict(cls, settings: dict) -> "RunConfig":
        """The config whose `as_dict` this is, also where JSON made lists of its tuples."""
        return cls().replace(**{name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()})

    def as_dict(self) -> dict:
        """The settings by name, as JSON can hold them, in the order of the fields."""
        return dataclasses.asdict(self)

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
