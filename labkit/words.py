"""What a reader calls the names of the code: settings, their values, results, and the parts of the data."""

from collections.abc import Mapping

from .rounding import setting_text

SETTINGS = {
    "dataset": "data set",
    "lr": "learning rate",
    "hidden_sizes": "hidden units",
    "init": "initial weights",
    "bias_init": "initial biases",
    "init_gain": "gain",
    "n_epochs": "epochs",
    "n_examples": "examples",
}
VALUES = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "silu": "SiLU",
    "gd": "gradient descent",
    "sgd": "SGD",
    "momentum_ema": "moving average",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "xavier": "Xavier",
    "kaiming": "Kaiming",
    "normal": "N(0, 1)",
    "xor_random": "xor random",
    "mnist": "MNIST",
}
PARTS = {"train": "training", "val": "validation", "test": "test"}
RESULTS = {f"{part}_{q}": f"{name} {q}" for q in ("loss", "accuracy") for part, name in PARTS.items()}
LOSSES = {
    "mse": "MSE",
    "half_mse": "half MSE",
    "binary_cross_entropy": "binary cross-entropy, nats",
    "cross_entropy": "cross-entropy, nats",
}


def by_name(one_or_several: object, name: str = "") -> Mapping[str, object]:
    """Several things by their names, as they were given; one alone under `name`, by default under none."""
    return one_or_several if isinstance(one_or_several, Mapping) else {name: one_or_several}


def setting_word(name: str) -> str:
    """What a reader calls a setting: "lr" is the learning rate."""
    return SETTINGS.get(name, name.replace("_", " "))


def value_word(value: object) -> str:
    """The value of a setting as a reader calls it: leaky ReLU; numbers and layers as `setting_text` has them."""
    return VALUES.get(value, value) if isinstance(value, str) else setting_text(value)
