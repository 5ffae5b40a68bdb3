"""What a run would take to train, told from its configuration alone: nothing is drawn, and no array is made.

A configuration of a stranger may ask for 10¹² examples or a layer of 10⁹ units. What `labkit.studies` estimates is
exact to a factor of about two, but draws the data first.
"""

from dataclasses import dataclass
from math import ceil, prod

import numpy as np

from labkit.errors import LabError
from labkit.experiments.config import RunConfig
from labkit.experiments.datasets import DATASETS
from labkit.nn.convolution import Conv2d
from labkit.nn.network import build_network
from labkit.nn.optimizers import OPTIMIZERS

POINT, CLASSES = (1, 1, 2), 10  # the shape of an example that is no image; the outputs for one that is
OPERATIONS_A_SECOND = 40e9
SECONDS_A_STEP = 5e-6
SECONDS_A_RUN, SECONDS_A_NUMBER = 2e-3, 5e-8  # to begin and keep a run; to draw its data
MOST_BYTES = 2e9


@dataclass(frozen=True)
class Cost:
    """Seconds on one core and bytes of memory, both rough."""

    seconds: float
    n_bytes: float


def cost(config: RunConfig) -> Cost:
    """What one run takes. Raise LabError where its layers do not fit together, or the data set has no such part."""
    source = DATASETS[config.dataset]
    n = config.n_examples or source.n_examples
    if (source.fixed and n != source.n_examples) or (source.image and n > source.n_examples):
        raise LabError(f"{config.dataset} has {source.n_examples} examples; got {n}")
    network = build_network(config, source.image or POINT, CLASSES if source.image else 1)
    batch = min(config.batch_size or n, n)
    products = sum(products_of(layer) for layer in network.layers)
    units = sum(layer.n_out + patches_of(layer) for layer in network.layers) + network.layers[0].n_in
    steps = ceil(n / batch)
    a_pass = steps * SECONDS_A_STEP + 6 * products * n / OPERATIONS_A_SECOND
    arrays = 2 + OPTIMIZERS[config.optimizer].n_states
    examples = max(batch, source.n_held_out)  # those that go through the network together
    data = 3 * (n + 2 * source.n_held_out) * network.layers[0].n_in
    numbers = arrays * network.n_params + 2 * units * examples + data
    once = SECONDS_A_RUN + SECONDS_A_NUMBER * data
    return Cost(once + config.n_epochs * a_pass, np.dtype(config.dtype).itemsize * numbers)


def products_of(layer: object) -> int:
    """Multiplications of one example on its way forward."""
    places = prod(layer.out_shape[1:]) if isinstance(layer, Conv2d) else 1
    return places * sum(prod(shape) for shape in layer.shapes.values())


def patches_of(layer: object) -> int:
    """Numbers that a convolution copies for one example."""
    return layer.fans[0] * prod(layer.out_shape[1:]) if isinstance(layer, Conv2d) else 0


def rough_time(seconds: float) -> str:
    """`40 s`, `12 min`, `3 days`"""
    for size, name in ((365 * 86_400.0, "years"), (86_400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}" if seconds < 1e15 else "longer than anyone waits"
    return f"{seconds:.0f} s"
