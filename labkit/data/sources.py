"""The data sets that have a name: points of the plane, drawn from a seed, and images of digits.

To add one, write a function (rng, n, noise) -> x (n, D), labels (n,) and add one row to `DATASETS`. Arrays and tables
that are there already need no function: `Dataset.from_arrays`, `Dataset.from_csv`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..errors import COUNT_OR_NONE, WHOLE, LabError, choice, number, plain
from ..nn.activations import Array
from . import points
from .arrays import frozen
from .dataset import DATA_STREAM, Dataset
from .images import digits, mnist

GIVEN = "given"  # the data set of arrays that a caller passes as data=…: no configuration can draw them again


def given(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Stands for arrays that a caller handed over, which no configuration can draw again."""
    raise LabError(
        "dataset 'given' stands for data that are passed: train_one(config, data), run_study(config, data=data), "
        "load_run(path, data)"
    )


@dataclass(frozen=True)
class Source:
    """Where a data set comes from and what `load_dataset` assumes where it is not told.

    Points are drawn without end; a `fixed` set is always the same points. A set with an `image` shape is read from a
    file, `draw` being its reader: n_examples to train on, n_held_out each to validate and to test. It is shuffled by
    the seed unless its order is `official`.
    """

    draw: Callable[..., tuple[Array, Array]]
    n_examples: int
    noise: float = 0.0
    n_held_out: int = 1000
    n_features: int = 2
    n_classes: int = 2
    fixed: bool = False
    image: tuple[int, int, int] | None = None
    official: bool = False

    def n_train(self, name: str, n_examples: int | None) -> int:
        """How many examples train where n_examples are asked for. Raises LabError where the set has no such part."""
        n = self.n_examples if n_examples is None else n_examples
        if (self.fixed and n != self.n_examples) or (self.image and n > self.n_examples):
            allowed = f"None or {'at most ' if self.image else ''}{self.n_examples}"
            raise LabError(f"n_examples of {name!r} must be {allowed}; got {n_examples!r}")
        return n


DATASETS = {
    "linear": Source(points.linear, 100),
    "xor": Source(points.xor, 21, n_held_out=0, fixed=True),
    "xor_random": Source(points.xor_random, 1000),
    "chessboard": Source(points.chessboard, 1000),
    "moons": Source(points.moons, 500, noise=0.1),
    "circles": Source(points.circles, 500, noise=0.05),
    "spirals": Source(points.spirals, 500, noise=0.02),
    "digits": Source(digits, 1197, n_held_out=300, n_features=64, n_classes=10, image=(1, 8, 8)),
    "mnist": Source(mnist, 50_000, n_held_out=10_000, n_features=784, n_classes=10, image=(1, 28, 28), official=True),
    GIVEN: Source(given, 1, fixed=True),
}


DELIVERED = dict(DATASETS)
NOISE = number(float, ">= 0", lambda v: 0 <= v < 1e6, none=True)


def load_dataset(name: str, n_examples: int | None = None, noise: float | None = None, seed: int = 0) -> Dataset:
    """The data set `name`, with n_examples to train on. Equal arguments give equal data, in arrays that are read-only.

    Drawn points have 1,000 each to validate and test; noise is the standard deviation, in units of x, of a normal
    shift of every point. Images have as many to train on as asked, up to all of their training part.
    """
    choice("dataset", name, DATASETS)
    source = DATASETS[name]
    n_examples, noise, seed = plain(n_examples), plain(noise), plain(seed)
    COUNT_OR_NONE("n_examples", n_examples)
    NOISE("noise", noise)
    WHOLE("seed", seed)
    n = source.n_train(name, n_examples)
    draw, read = draw_points, read_images
    if not is_delivered(name):  # what it draws may hang on other cells of a notebook
        draw, read = draw_points.__wrapped__, read_images.__wrapped__
    if source.image:
        if noise:
            raise LabError(f"noise of {name!r} must be None or 0; got {noise!r}")
        return read(name, source, n, 0 if source.official else seed)
    noise = source.noise if noise is None else float(noise)
    return draw(name, source, n, noise, 0 if source.fixed and not noise else seed)


def is_delivered(name: str) -> bool:
    """Whether a name stands for labkit's own data set, and not for one that this process has registered."""
    return DATASETS.get(name) is DELIVERED.get(name)


@lru_cache(maxsize=64)
def draw_points(name: str, source: Source, n: int, noise: float, seed: int) -> Dataset:
    x, labels = source.draw(np.random.default_rng([seed, DATA_STREAM]), n + 2 * source.n_held_out, noise)
    labels = np.asarray(labels)
    y = one_hot(labels, source, float) if source.n_classes > 2 else labels.astype(float)[:, None]
    return Dataset(name, x, y, n_train=n, n_val=source.n_held_out)


@lru_cache(maxsize=4)  # MNIST takes 220 MB
def read_images(name: str, source: Source, n: int, seed: int) -> Dataset:
    x, labels = source.draw()
    order = np.arange(len(x)) if source.official else np.random.default_rng([seed, DATA_STREAM]).permutation(len(x))
    rows = np.r_[order[:n], order[source.n_examples :]]
    y = one_hot(labels[rows], source, x.dtype)
    x = frozen(x.take(rows, axis=0))  # so that 200 MB need not be copied
    return Dataset(name, x, y, n_train=n, n_val=source.n_held_out, image=source.image)


def one_hot(labels: Array, source: Source, dtype: np.dtype) -> Array:
    """A row (K,) for each of the labels 0 … K - 1, with a 1 in its place."""
    return np.eye(source.n_classes, dtype=dtype)[labels.astype(int)]
