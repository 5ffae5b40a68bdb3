"""Layers in front of the fully connected ones, as the text of a configuration: "conv2d(8, 3, 1)", "relu", …

conv1d(channels, kernel_size, padding)      along the inputs of an example
conv2d(channels, kernel_size, padding)      over an image
maxpool2d(size)    flatten    dropout(rate)    and every activation by its name
"""

import ast

from ..errors import LabError, choice
from ..nn.activations import ACTIVATIONS

ARGUMENTS = {"conv1d": 3, "conv2d": 3, "maxpool2d": 1, "flatten": 0, "dropout": 1}  # how many numbers a layer takes


def parse(text: str) -> tuple[str, list[float]]:
    """ "conv2d(8, 3, 1)" -> ("conv2d", [8, 3, 1]). Raises LabError for a layer or numbers that are not allowed."""
    name, _, rest = text.partition("(")
    name = name.strip()
    choice("front layer", name, [*ARGUMENTS, *ACTIVATIONS])
    try:
        values = list(ast.literal_eval(f"[{rest.strip().removesuffix(')')}]"))
    except (SyntaxError, ValueError):
        values = None
    if name == "dropout":
        fits = values and len(values) == 1 and isinstance(values[0], float) and 0 <= values[0] < 1
        allowed = "a rate in [0, 1), such as dropout(0.2)"
    else:
        lowest = [1, 1, 0][: ARGUMENTS.get(name, 0)]  # channels, kernel size, padding; or size
        fits = values is not None and len(values) == len(lowest)
        fits = fits and all(type(v) is int and v >= low for v, low in zip(values, lowest, strict=True))
        words = {3: "channels >= 1, kernel size >= 1 and padding >= 0", 1: "a size >= 1", 0: "no numbers"}
        allowed = words[len(lowest)]
    if not fits:
        raise LabError(f"front layer {name} must have {allowed}; got {text!r}")
    return name, values
