"""What a reader calls the names of the code: settings, their values, results, and the parts of the data."""

from .rounding import setting_text, superscript

SETTINGS = {
    "dataset": "data set",
    "lr": "learning rate",
    "hidden_sizes": "hidden units",
    "activation": "activation",
    "optimizer": "optimizer",
    "init": "initial weights",
    "bias_init": "initial biases",
    "init_gain": "gain",
    "batch_size": "batch size",
    "n_epochs": "epochs",
    "n_examples": "examples",
    "weight_decay": "weight decay",
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
}
PARTS = {"train": "training", "val": "validation", "test": "test"}
RESULTS = {f"{part}_{q}": f"{name} {q}" for q in ("loss", "accuracy") for part, name in PARTS.items()}
LOSSES = {
    "mse": "MSE",
    "half_mse": "half MSE",
    "binary_cross_entropy": "binary cross-entropy, nats",
    "cross_entropy": "cross-entropy, nats",
}


def setting_word(name: str) -> str:
    """What a reader calls a setting: "lr" is the learning rate."""
    return SETTINGS.get(name, name.replace("_", " "))


def value_word(value: object) -> str:
    """The value of a setting as a reader calls it: leaky ReLU, 10⁻⁵; other numbers and layers as `setting_text` has
    them."""
    if isinstance(value, str):
        return VALUES.get(value, value)
    text = setting_text(value)
    if not isinstance(value, float) or "e" not in text:
        return text
    number, power = text.split("e")
    return f"{number}×10{superscript(int(power))}".removeprefix("1×")
