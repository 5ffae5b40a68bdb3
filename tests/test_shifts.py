"""Images moved by whole pixels."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, figures, train_one
from labkit.analysis.shifts import accuracy_by_shift, shifted

SHAPE = (1, 3, 4)
IMAGE = np.arange(1.0, 13.0)[None]


def test_pixels_move_and_zeros_come_in():
    right = shifted(IMAGE, SHAPE, right=1).reshape(3, 4)
    np.testing.assert_array_equal(right, [[0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11]])
    left = shifted(IMAGE, SHAPE, right=-2).reshape(3, 4)
    np.testing.assert_array_equal(left, [[3, 4, 0, 0], [7, 8, 0, 0], [11, 12, 0, 0]])


def test_no_shift_changes_nothing_and_copies():
    same = shifted(IMAGE, SHAPE, right=0)
    assert (same == IMAGE).all() and same is not IMAGE


def test_an_image_cannot_leave_itself():
    with pytest.raises(LabError, match="4 pixels wide"):
        shifted(IMAGE, SHAPE, right=4)


def test_accuracy_by_shift_starts_with_the_plain_accuracy():
    config = RunConfig(dataset="digits", hidden_sizes=(16,), activation="relu", init="kaiming", n_epochs=3)
    run = train_one(config.replace(loss="cross_entropy", output_activation="softmax", batch_size=32))
    found = accuracy_by_shift(run, range(3))
    assert found[0] == pytest.approx(run.results["test_accuracy"])
    assert found[2] < found[0]


def test_kernels_are_drawn_with_their_maps():
    config = RunConfig(dataset="digits", front=("conv2d(5, 3, 1)", "relu"), hidden_sizes=(), n_epochs=0)
    run = train_one(config.replace(loss="cross_entropy", output_activation="softmax"))
    axes = figures.kernels_and_maps(run, example=3).axes
    assert [len(ax.images) for ax in axes] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    np.testing.assert_array_equal(axes[1].images[0].get_array(), run.params[0]["W"][0].reshape(3, 3))
    assert axes[7].images[0].get_array().min() >= 0
    with pytest.raises(LabError, match="begins with a convolution"):
        figures.kernels_and_maps(train_one(RunConfig(n_epochs=0)))
