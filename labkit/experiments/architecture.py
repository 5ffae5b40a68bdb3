"""Layers in front of the fully connected ones, written as text in a configuration: "conv2d(8, 3, 1)", "relu", …

conv1d(channels, kernel_size, padding)      along the inputs of an example
conv2d(channels, kernel_size, padding)      over an image
maxpool2d(size)    flatten    dropout(rate)    and every activation by its name
"""

import ast

from ..errors import LabError, choice
from ..nn.activations import ACTIVATIONS
from ..nn.convolution import Conv2d, MaxPool2d, Shape
from ..nn.layers import Activate, Dropout, Flatten

# How many numbers each layer takes; an activation takes none.
ARGUMENTS = {"conv1d": 3, "conv2d": 3, "maxpool2d": 1, "flatten": 0, "dropout": 1}


def parse(text: str) -> tuple[str, list[float]]:
    """ "conv2d(8, 3, 1)" -> ("conv2d", [8, 3, 1]). Raises LabError for a layer or numbers that are not allowed."""
    name, _, rest = text.partition("(")
    choice("front layer", name.strip(), [*ARGUMENTS, *ACTIVATIONS])
    try:
        values = list(ast.literal_eval(f"[{rest.strip().removesuffix(')')}]"))
    except (SyntaxError, ValueError):
        values = None
    name = name.strip()
    if name == "dropout":
        fits = values and len(values) == 1 and isinstance(values[0], float) and 0 <= values[0] < 1
        allowed = "a rate in [0, 1), such as dropout(0.2)"
    else:
        lowest = [1, 1, 0][: ARGUMENTS.get(name, 0)]  # channels, kernel size, padding; or size
        fits = values is not None and len(values) == len(lowest)
        fits = fits and all(type(v) is int and v >= low for v, low in zip(values, lowest, strict=True))
        allowed = {3: "channels >= 1, kernel size >= 1 and padding >= 0", 1: "a size >= 1", 0: "no numbers"}[
            len(lowest)
        ]
    if not fits:
        raise LabError(f"front layer {name} must have {allowed}; got {text!r}")
    return name, values


def build_front(texts: tuple[str, ...], shape: Shape, slope: float) -> list:
    """The layers for examples of this shape (channels, height, width); `slope` is that of leaky ReLU."""
    layers = []
    for text in texts:
        name, values = parse(text)
        size = shape[0] * shape[1] * shape[2]
        if name == "conv1d":
            channels, kernel_size, padding = values
            layers.append(Conv2d(shape, channels, (1, kernel_size), (0, padding)))  # a row is an image of height 1
        elif name == "conv2d":
            channels, kernel_size, padding = values
            layers.append(Conv2d(shape, channels, (kernel_size, kernel_size), (padding, padding)))
        elif name == "maxpool2d":
            layers.append(MaxPool2d(shape, *values))
        elif name == "flatten":
            layers.append(Flatten(size))
        elif name == "dropout":
            layers.append(Dropout(size, *values))
        else:
            layers.append(Activate(name, size, slope))
        shape = getattr(layers[-1], "out_shape", shape)
    return layers
