"""Own data are data: arrays, lists, tables and CSV files, labels of any kind, in runs, studies, checks and figures."""

import numpy as np
import pandas as pd
import pytest

from labkit import Dataset, LabError, RunConfig, check_gradients, figures, load_dataset, run_study, train_one

CLASSES = {"output_activation": "softmax", "loss": "cross_entropy"}
BASE = RunConfig(n_epochs=30, hidden_sizes=(4,))
X = np.random.default_rng(0).normal(size=(40, 2))
SIDE = X[:, 0] > 0
KINDS = np.where(SIDE, "cat", np.where(X[:, 1] > 0, "ant", "bee"))


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (SIDE, (False, True)),
        (SIDE.astype(int) + 1, (1, 2)),
        (2.0 * SIDE - 1, (-1.0, 1.0)),
        (np.where(SIDE, "yes", "no"), ("no", "yes")),
        (np.where(SIDE, "yes", "no").astype(object), ("no", "yes")),
        (pd.Series(np.where(SIDE, "yes", "no"), dtype="category"), ("no", "yes")),
        (pd.Series(SIDE.astype(int), dtype="Int64"), (0, 1)),
        (SIDE.tolist(), (False, True)),
        (np.where(SIDE, "yes", "no")[:, None], ("no", "yes")),
    ],
    ids=lambda v: type(v).__name__,
)
def test_two_classes_of_any_kind_are_one_column(labels, classes):
    data = Dataset.from_arrays(X.tolist(), labels, seed=None)
    np.testing.assert_array_equal(data.y, SIDE[:, None].astype(float))
    assert data.classes == classes and data.n_train == 40 and data.x.tolist() == X.tolist()


def test_more_classes_have_a_column_each():
    data = Dataset.from_arrays(pd.DataFrame(X), pd.Series(KINDS), n_val=5, n_test=5)
    assert data.classes == ("ant", "bee", "cat") and data.y.shape == (40, 3)
    assert [len(part[0]) for part in (data.train, data.val, data.test)] == [30, 5, 5]
    run = train_one(BASE.replace(**CLASSES), data)
    rows = [X.tolist().index(row) for row in data.x.tolist()]
    assert data.classes[data.y[0].argmax()] == KINDS[rows[0]]
    assert run.score(X[rows[:30]], KINDS[rows[:30]]) == run.score(*data.train) == run.results["train_accuracy"]


def test_the_split_is_drawn_from_the_seed():
    splits = [Dataset.from_arrays(X, SIDE, n_val=10, seed=seed).x.tolist() for seed in (0, 0, 1, None)]
    assert splits[0] == splits[1] != splits[2] and splits[3] == X.tolist()
    assert sorted(splits[0]) == sorted(X.tolist())


def test_targets_of_two_dimensions_stay_as_they_are():
    soft = np.random.default_rng(0).dirichlet(np.ones(3), 40)
    np.testing.assert_array_equal(Dataset.from_arrays(X, soft, seed=None).y, soft)


def test_a_csv_file_is_data(tmp_path):
    table = pd.DataFrame(X, columns=["width", "height"]).assign(kind=KINDS, big=SIDE)
    table.to_csv(tmp_path / "animals.csv", index=False)
    data = Dataset.from_csv(tmp_path / "animals.csv", target="kind", n_test=10, seed=None)
    assert data.name == "animals" and data.classes == ("ant", "bee", "cat") and len(data.test[0]) == 10
    np.testing.assert_array_equal(data.x, np.c_[X, SIDE])
    assert train_one(BASE.replace(**CLASSES), data).results["test_accuracy"] >= 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,kind\n1,2,x\n3,much,y\n", r"'much' in row 1, column 'b'"),
        ("a,b,kind\n1,2,x\n3,,y\n", r"got nan in row 1, column 'b'"),
        ("a,b,kind\n1,2,x\n3,4,\n", "every example must have a label; that of row 1 is missing"),
        ("a,b,kind\n1,2,x\n3,4,x\n", "labels must have at least two classes; got only 'x'"),
        ("a,b,kind\n1,2,0.5\n3,4,1\n", "labels must name classes, labkit does no regression; got 0.5 in row 0"),
        (",a,kind\n0,2,x\n1,4,y\n", "column 0 has no name; a table of pandas is saved with index=False"),
        ("a,b,Kind\n1,2,x\n", r"target, a column of data.csv, must be one of .*did you mean 'Kind'\?"),
        ("a,kind\n0,1,x\n1,2,y\n", "a line has more values than the first line has names"),
        ("", "data.csv cannot be read as CSV: No columns"),
        ("a,kind\n1,x\n1,2,3,x\n", "data.csv cannot be read as CSV"),
    ],
)
def test_a_bad_csv_file_is_told_by_column_and_row(tmp_path, text, message):
    (tmp_path / "data.csv").write_text(text)
    with pytest.raises(LabError, match=message):
        Dataset.from_csv(tmp_path / "data.csv", target="kind")
    with pytest.raises(LabError, match=r"there is no file .*other.csv"):
        Dataset.from_csv(tmp_path / "other.csv", target="kind")


@pytest.mark.parametrize(
    ("X", "y", "settings", "message"),
    [
        (X, SIDE[:-1], {}, "X and y must have as many rows; got 40 and 39"),
        (X[:, 0], SIDE, {}, r"X must be \(N, D\), a row an example; got the shape \(40,\)"),
        ([[1, 2], [3]], [0, 1], {}, "X must have as many columns in each row"),
        ([[1, None], [3, 4]], [0, 1], {}, "X must be numbers; got None in row 0, column 1"),
        ([["a"], ["b"]], [0, 1], {}, "X must be numbers; got 'a' in row 0, column 0"),
        ([[1, np.inf], [3, 4]], [0, 1], {}, "must be finite numbers; got inf in row 0, column 1"),
        ([[1j], [2]], [0, 1], {}, "must be an array of numbers; got one of complex128"),
        ([[1], [2]], ["a", 1.5], {}, "."),
        ([[1], [2]], [None, "a"], {}, "that of row 0 is missing"),
        ([[1], [2]], np.array(["a", 1], dtype=object), {}, "labels must be of one kind; got int and str"),
        ([[1], [2]], 1, {}, "X and y must have as many rows; got 2 and 1"),
        (X, SIDE, {"n_val": -1}, "n_val must be an integer from 0 to 39; got -1"),
        (X, SIDE, {"n_val": 0.2}, "n_val must be an integer from 0 to 39; got 0.2"),
        (X, SIDE, {"n_val": 30, "n_test": 10}, "n_test must be an integer from 0 to 9; got 10"),
        (X, SIDE, {"seed": -1}, "seed must be None or an integer >= 0; got -1"),
    ],
)
def test_bad_arrays_are_told_by_column_and_row(X, y, settings, message):
    with pytest.raises(LabError, match=message):
        train_one(BASE, Dataset.from_arrays(X, y, **settings)).score(X, ["b", "b"])


def test_a_run_keeps_its_data_for_checks_and_figures():
    """`run.dataset`, maps and the gradient check raised "a run does not keep them"."""
    data = Dataset.from_arrays(X, SIDE, n_val=10, name="mine")
    run = train_one(BASE, data)
    assert run.dataset is data and run.config.dataset == "given"
    assert (check_gradients(run).relative_error < 1e-6).all()
    figures.prediction_map(run)
    figures.ground_truth_and_prediction(run)


def test_no_config_says_that_a_run_on_ones_own_data_was_on_others():
    """`train_one(RunConfig(dataset="xor"), mine)` trained on mine, and the record said xor."""
    data = Dataset.from_arrays(X, SIDE)
    for run in (train_one(BASE, data), run_study(BASE, data=data).members[0]):
        assert run.config == BASE.replace(dataset="given")
    for settings, message in (
        ({"dataset": "moons"}, "the config says dataset='moons', but the data passed are 'own data'"),
        ({"n_examples": 39}, "n_examples must be 40 for the data 'own data', which are not drawn; got 39"),
        ({"noise": 0.1}, "noise must be None"),
        ({"data_seed": 0}, "data_seed must be None"),
    ):
        with pytest.raises(LabError, match=message):
            train_one(BASE.replace(**settings), data)
    with pytest.raises(LabError, match=r"data must be a Dataset, such as Dataset.from_arrays\(X, y\); got tuple"):
        train_one(BASE, (X, SIDE))


def test_score_takes_labels_of_one_dimension_and_refuses_another_number_of_them():
    """`score(x, labels)` raised "tuple index out of range"; of targets of another length it compared nothing."""
    run = train_one(BASE.replace(dataset="moons", n_examples=50))
    x, y = run.dataset.test
    assert run.score(x, y) == run.score(x, y[:, 0]) == run.score(x, y[:, 0].astype(int)) == run.score(x, y[:, 0] > 0.5)
    for wrong, message in (
        (y[:5], r"must be labels \(1000,\) or targets \(1000, 1\), as many as the rows of x; got \(5, 1\)"),
        (y[:1, 0], r"got \(1, 1\)"),
        (np.eye(2)[y[:, 0].astype(int)], r"got \(1000, 2\)"),
        (y[:, 0] + 1, r"labels must be among \(0, 1\); got 2.0 in row"),
    ):
        with pytest.raises(LabError, match=message):
            run.score(x, wrong)


def test_a_data_set_that_a_notebook_registers_is_one_everywhere(monkeypatch):
    """RunConfig knew only the names of import, and what was drawn once stayed, whatever was registered after it."""
    from labkit.data.sources import DATASETS, Source

    def thirds(rng, n, noise):
        x = rng.random((n, 2))
        return x, np.floor(3 * x[:, 0])

    monkeypatch.setitem(DATASETS, "thirds", Source(thirds, 60, n_held_out=10, n_classes=3))
    config = BASE.replace(dataset="thirds", **CLASSES)
    study = run_study(config, seed=range(2))
    assert study.members[0].dataset.y.shape == (80, 3)
    assert run_study(config, seed=range(2)).n_trained == 0
    monkeypatch.setitem(
        DATASETS, "thirds", Source(lambda rng, n, noise: (2 * rng.random((n, 2)), np.arange(n) % 3), 60, n_classes=3)
    )
    again = run_study(config, seed=range(2))
    assert again.n_trained == 2 and again.members[0].dataset.x.max() > 1.5
    assert study.members[0].dataset.x.max() <= 1, "a run keeps the data it was trained on"


def test_data_that_a_config_names_are_not_mistaken_for_ones_own():
    data = load_dataset("moons", 50)
    assert train_one(BASE.replace(dataset="moons", n_examples=50), data).config.dataset == "given"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: train_one("xor"), "config must be a RunConfig, such as .*got str"),
        (lambda: run_study("xor", seed=[0]), "config must be a RunConfig"),
        (lambda: run_study(RunConfig(), n_jobs=0), "n_jobs must be None or an integer >= 1; got 0"),
        (lambda: check_gradients(3), "run must be a Run, such as .*got int"),
        (lambda: train_one(RunConfig(n_epochs=0)).predict([["a", "b"]]), "x must be numbers"),
        (lambda: RunConfig(lr=10**400), "lr must be a number > 0; got 1000"),
    ],
)
def test_what_is_no_such_thing_at_all_is_a_sentence(call, says):
    """AttributeError, ValueError, OverflowError."""
    with pytest.raises(LabError, match=says):
        call()
