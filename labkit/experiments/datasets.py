"""Data sets: points of the plane with a label, drawn from a seed, and split into training, validation and test sets.

To add one, write a function (rng, n, noise) -> x (n, D), labels (n,) and add one row to `DATASETS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from ..errors import LabError, choice
from ..nn.activations import Array
from ..overview import Overview
from .images import digits, mnist

MOST_COLUMNS = 4  # labels and features of which a data set shows each


@dataclass(frozen=True, repr=False)
class Dataset(Overview):
    """x (N, D) and targets y (N, K): the first n_train rows train, the next n_val validate, the rest test.

    `shape` is that of one example as an image, (channels, height, width); plain features are a row, (1, 1, D).
    """

    name: str
    x: Array
    y: Array
    n_train: int
    n_val: int = 0
    image: tuple[int, int, int] | None = None

    def __post_init__(self):
        if self.x.ndim != 2 or self.y.ndim != 2 or len(self.x) != len(self.y):
            raise LabError(
                f"data set {self.name!r}: x must be (N, D) and y (N, K) with the same N; "
                f"got {self.x.shape} and {self.y.shape}"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.image or (1, 1, self.x.shape[1])

    @property
    def train(self) -> tuple[Array, Array]:
        return self.x[: self.n_train], self.y[: self.n_train]

    @property
    def val(self) -> tuple[Array, Array]:
        rows = slice(self.n_train, self.n_train + self.n_val)
        return self.x[rows], self.y[rows]

    @property
    def test(self) -> tuple[Array, Array]:
        rows = slice(self.n_train + self.n_val, None)
        return self.x[rows], self.y[rows]

    def overview(self) -> list:
        n_features, n_out = self.x.shape[1], self.y.shape[1]
        shape = "×".join(map(str, self.image)) if self.image else ""
        inputs = f"images of {shape}" if shape else f"{n_features} feature{'s' * (n_features > 1)}"
        rows = {}
        for part in ("train", "val", "test"):
            x, y = getattr(self, part)
            labels = (y[:, 0] >= 0.5).astype(int) if n_out == 1 else y.argmax(axis=1)
            counts = {f"label {k}": int((labels == k).sum()) for k in range(max(n_out, 2))}
            if len(counts) > MOST_COLUMNS:
                counts = {"of a label": f"{min(counts.values())} to {max(counts.values())}"}
            each = {f"x{i}": column for i, column in enumerate(x.T, start=1)}
            columns = each if n_features <= MOST_COLUMNS else {"x": x}
            ranges = {name: f"{v.min():.3g} to {v.max():.3g}" if v.size else "—" for name, v in columns.items()}
            rows[part] = {"examples": len(x)} | counts | ranges
        return [
            f"Dataset {self.name!r}: {inputs}, {max(n_out, 2)} classes",
            pd.DataFrame.from_dict(rows, orient="index").rename_axis("part"),
        ]


def linear(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """n points uniform in the unit square; label 1 where x1 > x2. Noise moves the points after they are labelled."""
    x = rng.random((n, 2))
    labels = x[:, 0] > x[:, 1]
    return x + noise * rng.standard_normal(x.shape), labels


def xor(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """The 21 points on the diagonals of the unit square: (i, i)/10 is 0, (i, 10 - i)/10 is 1, for i = 0..10 (not 5)."""
    i = np.arange(11) / 10
    points = [(label, a, a if label == 0 else 1 - a) for a in i for label in (0, 1) if not (label and a == 0.5)]
    table = np.array(points)
    return table[:, 1:] + noise * rng.standard_normal((21, 2)), table[:, 0]


def xor_random(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """n points uniform in the unit square; label 1 where just one coordinate exceeds 1/2."""
    x = rng.random((n, 2))
    labels = (x[:, 0] > 0.5) != (x[:, 1] > 0.5)
    return x + noise * rng.standard_normal(x.shape), labels


def chessboard(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """n points uniform in the unit square, on a board of 4 x 4 fields; label 1 on the dark ones."""
    x = rng.random((n, 2))
    labels = np.floor(4 * x).sum(axis=1) % 2
    return x + noise * rng.standard_normal(x.shape), labels


def moons(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Two interleaved half circles of radius 1."""
    labels = rng.integers(0, 2, n)
    t = np.pi * rng.random(n)
    x = np.where(labels[:, None], np.c_[1 - np.cos(t), 0.5 - np.sin(t)], np.c_[np.cos(t), np.sin(t)])
    return x + noise * rng.standard_normal(x.shape), labels


def circles(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """A circle of radius 1/2 (label 1) inside one of radius 1."""
    labels = rng.integers(0, 2, n)
    t = 2 * np.pi * rng.random(n)
    x = np.c_[np.cos(t), np.sin(t)] * np.where(labels, 0.5, 1.0)[:, None]
    return x + noise * rng.standard_normal(x.shape), labels


def spirals(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Two arms of a spiral, one and a half turns each, from the center to radius 1."""
    labels = rng.integers(0, 2, n)
    r = np.sqrt(rng.random(n))
    t = 3 * np.pi * r + np.pi * labels
    return np.c_[r * np.cos(t), r * np.sin(t)] + noise * rng.standard_normal((n, 2)), labels


def given(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Stands for arrays that a caller handed to `train_one`, which no configuration can draw again."""
    raise LabError("dataset 'given' stands for arrays passed as data=…; a run does not keep them")


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


DATASETS = {
    "linear": Source(linear, 100),
    "xor": Source(xor, 21, n_held_out=0, fixed=True),
    "xor_random": Source(xor_random, 1000),
    "chessboard": Source(chessboard, 1000),
    "moons": Source(moons, 500, noise=0.1),
    "circles": Source(circles, 500, noise=0.05),
    "spirals": Source(spirals, 500, noise=0.02),
    "digits": Source(digits, 1197, n_held_out=300, n_features=64, n_classes=10, image=(1, 8, 8)),
    "mnist": Source(mnist, 50_000, n_held_out=10_000, n_features=784, n_classes=10, image=(1, 28, 28), official=True),
    "given": Source(given, 1, fixed=True),
}


def load_dataset(name: str, n_examples: int | None = None, noise: float | None = None, seed: int = 0) -> Dataset:
    """The data set `name`, with n_examples to train on. Equal arguments give equal data.

    Drawn points have 1,000 each to validate and test; noise is the standard deviation, in units of x, of a normal
    shift of every point. Images have as many to train on as asked, up to all of their training part.
    """
    choice("dataset", name, DATASETS)
    source = DATASETS[name]
    n = source.n_examples if n_examples is None else n_examples
    if (source.fixed and n != source.n_examples) or (source.image and n > source.n_examples):
        allowed = f"None or {'at most ' if source.image else ''}{source.n_examples}"
        raise LabError(f"n_examples of {name!r} must be {allowed}; got {n_examples!r}")
    if source.image:
        if noise:
            raise LabError(f"noise of {name!r} must be None or 0; got {noise!r}")
        return read_images(name, n, 0 if source.official else seed)
    noise = source.noise if noise is None else noise
    return draw_points(name, n, noise, 0 if source.fixed and not noise else seed)


@lru_cache(maxsize=64)
def draw_points(name: str, n: int, noise: float, seed: int) -> Dataset:
    source = DATASETS[name]
    x, labels = source.draw(np.random.default_rng([seed, DATA_STREAM]), n + 2 * source.n_held_out, noise)
    return Dataset(name, x, labels.astype(float)[:, None], n_train=n, n_val=source.n_held_out)


@lru_cache(maxsize=4)  # MNIST takes 220 MB
def read_images(name: str, n: int, seed: int) -> Dataset:
    source = DATASETS[name]
    x, labels = source.draw()
    order = np.arange(len(x)) if source.official else np.random.default_rng([seed, DATA_STREAM]).permutation(len(x))
    rows = np.r_[order[:n], order[source.n_examples :]]
    y = np.eye(labels.max() + 1, dtype=x.dtype)[labels[rows]]
    return Dataset(name, x[rows], y, n_train=n, n_val=source.n_held_out, image=source.image)


# One seed a run, but separate streams, so that a change of one cannot shift the draws of another.
WEIGHTS_STREAM, ORDER_STREAM, DATA_STREAM, DROPOUT_STREAM = 0, 1, 2, 3
