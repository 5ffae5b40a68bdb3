"""Mistakes, and the file that is handed in."""

import numpy as np
import pytest

from labkit import LabError, RunConfig, train_one
from labkit.analysis.classification import most_confident_mistakes, write_submission

DIGITS = RunConfig(
    dataset="digits",
    hidden_sizes=(16,),
    activation="relu",
    output_activation="softmax",
    loss="cross_entropy",
    batch_size=32,
    n_epochs=6,
    init="kaiming",
)


@pytest.fixture(scope="module")
def run():
    return train_one(DIGITS)


def test_history_has_training_and_validation_by_epoch(run):
    assert list(run.history["epoch"]) == [1, 2, 3, 4, 5, 6]
    assert run.history["val_loss"].is_monotonic_decreasing and run.history["val_accuracy"].iloc[-1] > 0.85
    assert run.history["val_accuracy"].iloc[-1] == run.results["val_accuracy"]


def test_most_confident_mistakes(run):
    x, y = run.dataset.test
    mistakes = most_confident_mistakes(run, x, y, n=5)
    assert len(mistakes) == 5 and mistakes["probability"].is_monotonic_decreasing
    assert (mistakes["true"] == y.argmax(axis=1)[mistakes["example"]]).all()
    assert (mistakes["predicted"] == run.predict(x)[mistakes["example"]]).all()
    assert (mistakes["true"] != mistakes["predicted"]).all()
    everything = most_confident_mistakes(run, x, y, n=300)
    assert len(everything) == round(300 * (1 - run.results["test_accuracy"]))


def test_submission(run, tmp_path):
    x, _ = run.dataset.test
    write_submission(run, x, tmp_path / "out" / "submission.csv")
    lines = (tmp_path / "out" / "submission.csv").read_text().splitlines()
    assert lines[0] == "ImageId,Label" and len(lines) == 301
    assert [line.split(",")[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert [int(line.split(",")[1]) for line in lines[1:]] == run.predict(x).tolist()


def test_a_diverged_run_or_a_single_output_is_refused(tmp_path):
    wild = train_one(DIGITS.replace(lr=1e20))
    assert wild.diverged and np.isnan(wild.predict_proba(wild.dataset.x[:1])).all()
    with pytest.raises(LabError, match="300 of 300 predictions are nan"):
        write_submission(wild, wild.dataset.test[0], tmp_path / "submission.csv")
    assert most_confident_mistakes(wild, *wild.dataset.test).empty  # a nan predicts no class
    single = train_one(RunConfig(n_epochs=1))
    with pytest.raises(LabError, match="one output for each class"):
        most_confident_mistakes(single, *single.dataset.train)


def test_the_submission_lies_beside_the_report(run, products):
    write_submission(run, run.dataset.test[0])
    assert (products.made / "submission.csv").read_text().startswith("ImageId,Label\n1,")


def test_a_small_cnn_learns_the_digits():
    front = ("conv2d(8, 3, 1)", "relu", "maxpool2d(2)", "flatten")
    cnn = train_one(DIGITS.replace(front=front, hidden_sizes=(32,), optimizer="adam", lr=0.01, n_epochs=10))
    assert cnn.results["test_accuracy"] > 0.95
