"""Points of the plane with a label, drawn from a random generator: x (n, 2) and labels (n,)."""

import numpy as np

from ..nn.activations import Array


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
