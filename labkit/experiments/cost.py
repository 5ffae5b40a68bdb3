"""What a run takes to train, told from its configuration alone: nothing is drawn, and no array is made.

A configuration of a stranger may ask for 10¹² examples or a layer of 10⁹ units. Operations are exact, and the same on
every machine; seconds and bytes are rough.
"""

from dataclasses import dataclass
from math import ceil, prod

import numpy as np

from ..data.dataset import Dataset
from ..data.sources import DATASETS
from ..nn.convolution import Conv2d
from ..nn.optimizers import OPTIMIZERS
from ..training.architecture import build_network, operations
from ..training.config import RunConfig

OPERATIONS_A_SECOND = 40e9
SECONDS_A_LAYER = 6e-7  # and step, of one run among thirty
SECONDS_A_LAYER_OF_A_STACK = 12e-6  # and step, however few runs there are in the stack
SECONDS_A_RUN, SECONDS_A_NUMBER = 2e-3, 5e-8  # to begin and keep a run; to draw its data


@dataclass(frozen=True)
class Cost:
    """Of one run: its operations, its seconds on one core, the bytes that a step touches, and all that it holds.

    `stack_seconds` are those of its stack, and come to the seconds of all the runs in it once.
    """

    operations: int
    seconds: float
    stack_seconds: float
    step_bytes: float
    n_bytes: float


def cost(config: RunConfig, data: Dataset | None = None) -> Cost:
    """What a run takes on the data set its config names, or on `data`. Raises LabError where its layers do not fit."""
    n, n_held_out, shape, n_out = extent(config, data)
    network = build_network(config, shape, n_out)
    batch = min(config.batch_size or n, n)
    arrays = 2 + len(OPTIMIZERS[config.optimizer].memory)
    units = sum(network.sizes[1:])
    step_numbers = arrays * network.n_params + (2 * units + network.sizes[0] + n_out) * batch
    data_numbers = 3 * (n + n_held_out) * network.sizes[0]
    patches = sum(patches_of(layer) for layer in network.layers)
    held = arrays * network.n_params + 2 * (units + patches + network.sizes[0]) * max(batch, n_held_out) + data_numbers
    passes = config.n_epochs * ceil(n / batch) * len(network.layers)
    training = passes * SECONDS_A_LAYER + config.n_epochs * operations(network, n, 1) / OPERATIONS_A_SECOND
    size = np.dtype(config.dtype).itemsize
    return Cost(
        operations(network, n, config.n_epochs),
        SECONDS_A_RUN + SECONDS_A_NUMBER * data_numbers + training,
        passes * SECONDS_A_LAYER_OF_A_STACK,
        size * step_numbers,
        size * held,
    )


def extent(config: RunConfig, data: Dataset | None) -> tuple[int, int, tuple[int, int, int], int]:
    """The training examples, those held out, the shape of one, and the outputs it takes."""
    if data is not None:
        return data.n_train, len(data.x) - data.n_train, data.shape, data.y.shape[1]
    source = DATASETS[config.dataset]
    shape = source.image or (1, 1, source.n_features)
    return (
        source.n_train(config.dataset, config.n_examples),
        2 * source.n_held_out,
        shape,
        source.n_classes if source.n_classes > 2 else 1,
    )


def patches_of(layer: object) -> int:
    """Numbers that a convolution copies for one example."""
    return layer.fans[0] * prod(layer.out_shape[1:]) if isinstance(layer, Conv2d) else 0
