"""The data sets are what the lab reports define, seeded, and split without overlap."""

import numpy as np
import pytest

from labkit import LabError, load_dataset
from labkit.experiments.datasets import DATASETS, draw_points

DRAWN = [name for name, source in DATASETS.items() if not source.fixed and not source.image]


def test_xor_is_the_21_points_on_the_diagonals():
    data = load_dataset("xor")
    points = {(round(a, 9), round(b, 9)): int(label) for (a, b), (label,) in zip(data.x, data.y, strict=True)}
    expected = {(round(i / 10, 9), round(i / 10, 9)): 0 for i in range(11)}
    expected |= {(round(i / 10, 9), round(1 - i / 10, 9)): 1 for i in range(11) if i != 5}
    assert points == expected and len(data.x) == 21 and data.n_train == 21
    assert len(data.val[0]) == len(data.test[0]) == 0


def test_linear_is_split_by_the_diagonal_of_the_unit_square():
    data = load_dataset("linear", n_examples=400, seed=1)
    assert data.x.min() >= 0 and data.x.max() <= 1
    np.testing.assert_array_equal(data.y[:, 0], data.x[:, 0] > data.x[:, 1])


def test_chessboard_has_16_fields():
    data = load_dataset("chessboard", n_examples=3000)
    fields = {tuple(f) for f in np.floor(4 * data.x).astype(int)}
    assert len(fields) == 16
    np.testing.assert_array_equal(data.y[:, 0], np.floor(4 * data.x).sum(axis=1) % 2)


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_sets_are_seeded_split_and_balanced(name):
    data = load_dataset(name, n_examples=200, seed=3)
    assert [len(part[0]) for part in (data.train, data.val, data.test)] == [200, 1000, 1000]
    assert data.x.shape == (2200, 2) and data.y.shape == (2200, 1) and set(np.unique(data.y)) == {0.0, 1.0}
    assert 0.4 < data.y.mean() < 0.6
    assert len({tuple(row) for row in data.x}) == 2200  # no example is in two parts
    draw_points.cache_clear()
    np.testing.assert_array_equal(load_dataset(name, n_examples=200, seed=3).x, data.x)
    assert not np.array_equal(load_dataset(name, n_examples=200, seed=4).x, data.x)


@pytest.mark.parametrize("name", [*DRAWN, "xor"])
def test_noise_moves_points_but_not_labels(name):
    still, moved = load_dataset(name, noise=0.0), load_dataset(name, noise=0.1)
    np.testing.assert_array_equal(still.y, moved.y)
    assert 0.05 < (moved.x - still.x).std() < 0.15


def test_bad_requests():
    with pytest.raises(LabError, match=r"dataset must be one of .*got 'chesboard' \(did you mean 'chessboard'\?\)"):
        load_dataset("chesboard")
    with pytest.raises(LabError, match="n_examples of 'xor' must be None or 21; got 22"):
        load_dataset("xor", n_examples=22)


def test_digits_are_split_by_the_seed():
    data = load_dataset("digits", seed=1)
    assert data.x.shape == (1797, 64) and data.y.shape == (1797, 10) and data.shape == (1, 8, 8)
    assert [len(part[0]) for part in (data.train, data.val, data.test)] == [1197, 300, 300]
    assert data.x.min() == 0 and data.x.max() == 1 and (data.y.sum(axis=1) == 1).all()
    few = load_dataset("digits", n_examples=100, seed=1)
    np.testing.assert_array_equal(few.train[0], data.train[0][:100])
    np.testing.assert_array_equal(few.test[0], data.test[0])
    assert not np.array_equal(load_dataset("digits", seed=2).x, data.x)
    with pytest.raises(LabError, match="n_examples of 'digits' must be None or at most 1197; got 1198"):
        load_dataset("digits", n_examples=1198)
    with pytest.raises(LabError, match=r"noise of 'digits' must be None or 0; got 0.1"):
        load_dataset("digits", noise=0.1)


def test_given_data_cannot_be_drawn():
    with pytest.raises(LabError, match="a run does not keep them"):
        load_dataset("given")
