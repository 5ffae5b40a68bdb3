"""The estimator passes scikit-learn's own checks and does its work in a grid search."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from labkit import load_dataset
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
