"""Images moved by whole pixels: the same digit at another place."""

import numpy as np

from ..errors import LabError
from ..experiments.run import Run
from ..nn.activations import Array


def shifted(x: Array, shape: tuple[int, int, int], right: int) -> Array:
    """Images x (N, channels·H·W) moved right, left where negative; zeros come in from the edge."""
    width = shape[-1]
    if abs(right) >= width:
        raise LabError(f"an image {width} pixels wide cannot be shifted by {right}")
    moved = np.roll(x.reshape(-1, *shape), right, axis=-1)
    moved[..., slice(right) if right >= 0 else slice(right, None)] = 0  # what came in from the other side
    return moved.reshape(len(x), -1)


def accuracy_by_shift(run: Run, shifts: range | list[int]) -> Array:
    """The accuracy (len(shifts),) on a run's test images shifted by so many pixels, mean over left and right."""
    x, y = run.dataset.test
    sides = [[run.score(shifted(x, run.dataset.shape, side * n), y) for side in (-1, 1)] for n in shifts]
    return np.mean(sides, axis=1)
