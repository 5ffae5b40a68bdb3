"""The data sets are what the lab reports define, seeded, and split without overlap."""

import dataclasses

import numpy as np
import pytest

from labkit import Dataset, LabError, RunConfig, load_dataset, run_study, train_one
from labkit.data.sources import DATASETS, draw_points

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
    with pytest.raises(LabError, match="stands for data that are passed: train_one"):
        load_dataset("given")


def test_the_arrays_of_a_data_set_are_read_only():
    """`x -= x.mean(axis=0)` changed what every later run was trained on, and the cache kept it."""
    for data in (load_dataset("moons"), load_dataset("digits"), train_one(RunConfig(n_epochs=1)).dataset):
        for array in (data.x, data.y, *data.train, *data.val, *data.test):
            with pytest.raises(ValueError, match="read-only"):
                array *= 2
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
    x = load_dataset("moons").train[0].copy()
    x -= x.mean(axis=0)


def test_the_callers_own_arrays_stay_as_they_are():
    x, y = np.zeros((4, 2)), np.ones((4, 1))
    data = Dataset("mine", x, y, n_train=4)
    x += 1
    y -= 1
    assert not data.x.any() and data.y.all()
    assert dataclasses.replace(data, name="other").x is data.x  # what is read-only is shared


def test_equal_data_have_one_fingerprint():
    data = load_dataset("moons", 50)
    assert data.fingerprint == dataclasses.replace(data, name="other").fingerprint
    for changes in ({"n_train": 49}, {"n_val": 999}, {"x": data.x.astype(np.float32)}, {"y": 1 - data.y}):
        assert data.fingerprint != dataclasses.replace(data, **changes).fingerprint


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_examples": 0}, "n_examples must be None or an integer >= 1; got 0"),
        ({"n_examples": True}, "n_examples must be None or an integer >= 1; got True"),
        ({"n_examples": 10.0}, "n_examples must be None or an integer >= 1; got 10.0"),
        ({"noise": float("nan")}, "noise must be None or a number >= 0; got nan"),
        ({"noise": -1}, "noise must be None or a number >= 0; got -1"),
        ({"seed": -1}, "seed must be an integer >= 0; got -1"),
        ({"seed": None}, "seed must be an integer >= 0; got None"),
    ],
)
def test_bad_sizes_are_refused(settings, message):
    """`load_dataset("moons", 0)`, `True` and `noise=nan` gave data."""
    with pytest.raises(LabError, match=message):
        load_dataset("moons", **settings)
    assert load_dataset("moons", np.int64(20), np.float32(0.1), np.int64(0)).fingerprint == (
        load_dataset("moons", 20, 0.1, 0).fingerprint
    )


X, Y = np.arange(8.0).reshape(4, 2), np.array([[0.0], [1], [1], [0]])
BAD = [
    ({"x": np.array([[0, 1], [2, np.nan], [3, 4], [5, 6]])}, "x must be finite numbers; got nan in row 1, column 1"),
    ({"y": Y * np.nan}, "y must be finite numbers; got nan in row 0, column 0"),
    ({"x": X.astype(str)}, "x must be an array of numbers; got one of <U"),
    ({"x": X[:3]}, r"with the same N; got \(3, 2\) and \(4, 1\)"),
    ({"y": Y[:, 0]}, r"got \(4, 2\) and \(4,\)"),
    ({"x": X[:, :0]}, r"got \(4, 0\)"),
    ({"n_train": 0}, "n_train must be an integer from 1 to 4; got 0"),
    ({"n_train": 5}, "n_train must be an integer from 1 to 4; got 5"),
    ({"n_train": 2.0}, "n_train must be an integer from 1 to 4; got 2.0"),
    ({"n_train": True}, "n_train must be an integer from 1 to 4; got True"),
    ({"n_train": 2, "n_val": 3}, "n_val must be an integer from 0 to 2; got 3"),
    ({"n_train": 2, "n_val": -1}, "n_val must be an integer from 0 to 2; got -1"),
    ({"image": (1, 2, 2)}, "images of 1 x 2 x 2 must have as many columns of x; got 2"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=lambda v: v if isinstance(v, str) else "")
def test_what_cannot_be_data_is_refused_when_it_is_made(changes, message):
    with pytest.raises(LabError, match=f"data set 'mine': {message}|data set 'mine': .*{message}"):
        Dataset(**{"name": "mine", "x": X, "y": Y, "n_train": 4} | changes)


SIDE = np.array([[0.0], [1], [1], [0]])
SOFTMAX = {"output_activation": "softmax"}
ENTROPY = {"loss": "cross_entropy", **SOFTMAX}
BINARY = {"loss": "binary_cross_entropy"}
TANH = {"output_activation": "tanh"}
UNMEANT = [
    (
        SIDE + 1,
        {},
        r"targets must be labels 0 and 1 or probabilities; got 2 in row 1, column 0.*from_arrays\(X, labels\)",
    ),
    (SIDE * 2, BINARY, "got 2 in row 1, column 0"),
    (np.array([[0.0], [1], [2], [3]]), {"output_activation": "identity"}, "got 2 in row 2, column 0"),
    (2 * SIDE - 1, {}, "has labels -1 and 1; with loss='mse' and output_activation='sigmoid' they must be 0 and 1"),
    (2 * SIDE - 1, {"output_activation": "relu"}, "has labels -1 and 1"),
    (2 * SIDE - 1, BINARY, "has labels -1 and 1; with loss='binary_cross_entropy'"),
    (SIDE, SOFTMAX, "has one column of targets, over which softmax is always 1; set output_activation='sigmoid'"),
    (SIDE, ENTROPY, "has one column of targets"),
    (np.full((4, 3), 0.5), ENTROPY, "the targets of each example must sum to 1; those of row 0 sum to 1.5"),
    (np.array([[1.0, 0], [0, 1], [0, 0], [1, 0]]), {}, "those of row 2 sum to 0"),
    (np.array([[1.0, 0], [0, 1], [2, -1], [1, 0]]), ENTROPY, "got 2 in row 2, column 0"),
]


@pytest.mark.parametrize(("y", "settings", "message"), UNMEANT, ids=str)
def test_targets_that_the_loss_cannot_mean_are_refused(y, settings, message):
    """Labels 1 and 2 had accuracy 1.0, labels 0 and 2 a loss of -3.56, softmax over one output a loss of 0.0."""
    data = Dataset("mine", X, y, n_train=4)
    with pytest.raises(LabError, match=f"data set 'mine'.*{message}"):
        train_one(RunConfig(n_epochs=1, **settings), data)


MEANT = [
    (SIDE, {}),
    (SIDE * 0.8 + 0.1, BINARY),
    (2 * SIDE - 1, TANH),
    (2 * SIDE - 1, {"output_activation": "identity", "loss": "half_mse"}),
    (np.full((4, 3), 1 / 3), ENTROPY),
    (np.eye(4), {}),
    (np.eye(4), BINARY),
    (np.eye(4, dtype=np.float32), SOFTMAX),
    (np.ones((4, 1)), {}),
]


@pytest.mark.parametrize(("y", "settings"), MEANT, ids=str)
def test_targets_that_mean_something_are_not_refused(y, settings):
    assert train_one(RunConfig(n_epochs=1, **settings), Dataset("mine", X, y, n_train=4)).epochs == 1


@pytest.mark.parametrize("settings", [SOFTMAX, ENTROPY])
def test_softmax_over_the_one_output_of_a_delivered_data_set_is_refused(settings):
    with pytest.raises(LabError, match="data set 'xor' has one column of targets"):
        run_study(RunConfig(n_epochs=1, **settings))


def test_numbers_beyond_the_type_of_the_run_are_refused():
    data = Dataset("mine", X * 1e38, Y, n_train=4)
    with pytest.raises(LabError, match=r"x must hold numbers that float32 can hold.*got 4e\+38 in row 2, column 0"):
        train_one(RunConfig(n_epochs=1), data)
    assert train_one(RunConfig(n_epochs=1, dtype="float64"), data).epochs == 1
