"""Figures of a classifier of images, and of training and validation side by side."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, figures, run_study, train_one

DIGITS = RunConfig(dataset="digits", n_examples=50, hidden_sizes=(12,), output_activation="softmax", n_epochs=3)
DIGITS = DIGITS.replace(loss="cross_entropy")


@pytest.fixture(scope="module")
def run():
    return train_one(DIGITS)


def test_examples_ten_in_a_row(run):
    x = run.dataset.train[0][:12]
    axes = figures.examples(x, run.dataset.shape, [str(i) for i in range(12)]).axes
    shown = [ax for ax in axes if ax.images]
    assert (len(axes), len(shown)) == (20, 12) and shown[11].get_title(loc="center") == "11"
    np.testing.assert_array_equal(shown[3].images[0].get_array(), x[3].reshape(8, 8))


def test_only_images_are_shown_as_images():
    with pytest.raises(LabError, match="images of one channel"):
        figures.examples(np.zeros((3, 2)), (1, 1, 2), ["a", "b", "c"])


def test_training_and_validation(run):
    study = run_study(DIGITS, seed=range(5))
    axes = figures.training_and_validation(study).ravel()
    names = [[text.get_text() for text in ax.texts] for ax in axes]
    assert names == [["training", "validation"]] * 2
    assert (axes[0].get_yscale(), axes[1].get_yscale()) == ("log", "linear")
    expected = study.history.groupby("epoch").val_loss.median()
    np.testing.assert_allclose(axes[0].lines[1].get_ydata(), expected)


def test_the_median_of_few_runs_is_called_a_median():
    """It is drawn as one line; "Each of 3 runs." was said of it, in the words of learning curves."""
    axes = figures.training_and_validation(run_study(DIGITS, seed=range(3)))
    assert axes.flat[0].figure.note == "Median of 3 runs."
