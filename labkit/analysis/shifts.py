"""Images moved by whole pixels: the same digit at another place."""

import numpy as np

from ..data.dataset import Dataset
from ..errors import LabError
from ..experiments.run import Run
from ..nn.activations import Array


def shifted(x: Array, shape: tuple[int, int, int], right: int = 0, down: int = 0) -> Array:
    """Images x (N, channels·H·W) moved right and down (left and up where negative); zeros come in from the edge."""
    channels, height, width = shape
    if abs(right) >= width or abs(down) >= height:
        raise LabError(f"an image of {height} x {width} pixels cannot be shifted by ({right}, {down})")
    images = x.reshape(-1, channels, height, width)
    moved = np.zeros_like(images)
    moved[:, :, place(down, height), place(right, width)] = images[:, :, place(-down, height), place(-right, width)]
    return moved.reshape(len(x), -1)


def place(shift: int, size: int) -> slice:
    """The part of an axis that an image covers after a shift; before it, for the opposite shift."""
    return slice(max(shift, 0), size + min(shift, 0))


def accuracy_by_shift(run: Run, shifts: range | list[int], part: str = "test") -> Array:
    """The accuracy (len(shifts),) on a part of a run's data shifted by so many pixels, mean over left and right."""
    dataset: Dataset = run.dataset
    x, y = getattr(dataset, part)
    sides = [[run.score(shifted(x, dataset.shape, right=side * n), y) for side in (-1, 1)] for n in shifts]
    return np.mean(sides, axis=1)
