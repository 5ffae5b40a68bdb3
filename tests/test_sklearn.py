"""The estimator passes scikit-learn's own checks and does its work in a grid search."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from labkit import LabError, load_dataset
from labkit.sklearn import LabClassifier


@parametrize_with_checks([LabClassifier()])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_cross_validation_and_grid_search_on_digits():
    data = load_dataset("digits")
    x, labels = data.train[0][:400], data.train[1][:400].argmax(axis=1)
    names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])[labels]
    assert cross_val_score(LabClassifier(n_epochs=30), x, names, cv=3).mean() > 0.85
    search = GridSearchCV(LabClassifier(n_epochs=20), {"lr": [1e-6, 0.01], "hidden_sizes": [(8,), (16,)]}, cv=2)
    assert search.fit(x, names).best_params_["lr"] == 0.01
    assert set(search.predict(x[:20])) <= set(names)


RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = np.where(X[:, 0] > 0.8, "rare", "common")  # 80 % are common
WILD = {"n_epochs": 30, "lr": 1e300, "optimizer": "gd", "activation": "relu"}


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_sizes": 10},
        {"hidden_sizes": [10, 5]},
        {"hidden_sizes": np.array([10, 5])},
        {"batch_size": np.int64(8)},
        {"n_epochs": np.int64(3)},
        {"random_state": np.int64(3)},
        {"random_state": np.random.RandomState(0)},
        {"random_state": None},
    ],
    ids=lambda settings: "-".join(f"{name}-{type(value).__name__}" for name, value in settings.items()),
)
def test_settings_as_users_of_scikit_learn_give_them(settings):
    assert LabClassifier(**{"n_epochs": 2} | settings).fit(X, Y).score(X, Y) > 0


def test_a_random_state_decides_the_seed():
    seeds = [LabClassifier(n_epochs=1, random_state=s).fit(X, Y).run_.config.seed for s in (5, None, None)]
    assert seeds[0] == 5 and seeds[1] != seeds[2]
    one, other = (LabClassifier(n_epochs=1, random_state=np.random.RandomState(1)).fit(X, Y) for _ in range(2))
    assert one.run_.config == other.run_.config
    with pytest.raises(ValueError, match=r"1\.7"):
        LabClassifier(n_epochs=1, random_state=1.7).fit(X, Y)


def test_a_grid_of_numpy_numbers():
    search = GridSearchCV(LabClassifier(n_epochs=2), {"batch_size": np.arange(8, 33, 8)}, cv=2).fit(X, Y)
    assert search.best_params_["batch_size"] in (8, 16, 24, 32)


def test_a_network_that_diverged_warns_and_has_no_answers():
    """It answered the first class without a word, and scored the share of that class."""
    with pytest.warns(ConvergenceWarning, match=r"the network diverged in epoch \d+: .*try a smaller lr than 1e\+300"):
        model = LabClassifier(**WILD).fit(X, Y)
    assert np.isnan(model.score(X, Y))
    with pytest.raises(LabError, match="the network has no answers, because it diverged"):
        model.predict(X)


@pytest.mark.filterwarnings(
    "ignore:the network diverged", "ignore:One or more of the test scores", "ignore:Scoring failed"
)
@pytest.mark.parametrize("scoring", [None, "accuracy", "neg_log_loss"])
def test_a_network_that_diverged_wins_no_search(scoring):
    """80 % of the examples are of the first class, which a network of nan was taken to answer."""
    model = LabClassifier(**WILD | {"n_epochs": 1, "random_state": 0})
    search = GridSearchCV(model, {"lr": [1e300, 1e-9], "n_epochs": [2]}, cv=2, scoring=scoring).fit(X, Y)
    assert search.best_params_["lr"] == 1e-9 and np.isnan(search.cv_results_["mean_test_score"][0])
