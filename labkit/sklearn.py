"""labkit's networks as a scikit-learn estimator, for cross_val_score, GridSearchCV and pipelines.

scikit-learn is no requirement of labkit: import this module where it is installed.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .data.dataset import Dataset
from .data.sources import GIVEN
from .errors import LabError
from .experiments.study import train_one
from .training.config import RunConfig


@dataclass(eq=False, repr=False)  # its fields are what scikit-learn calls parameters
class LabClassifier(ClassifierMixin, BaseEstimator):
    """A fully connected network with softmax and cross-entropy. The parameters are those of `RunConfig`.

    hidden_sizes may be one number, for one hidden layer. random_state is the seed of the run; a RandomState draws one,
    and None has numpy's global generator draw one, as everywhere in scikit-learn. A network that diverges warns with a
    ConvergenceWarning and has no answers: `predict` raises, `score` is nan, so that no search chooses it.

    After `fit`: `run_` is the trained run, `classes_` the labels, `n_features_in_` the number of inputs.
    """

    hidden_sizes: tuple[int, ...] | int = (10, 10)
    activation: str = "tanh"
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 0.0
    dropout: float = 0.0
    n_epochs: int = 200
    batch_size: int | None = 32
    init: str = "xavier"
    random_state: int | np.random.RandomState | None = 0

    def fit(self, X, y):
        """Train on X (N, D) and labels y (N,) of any kind."""
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"LabClassifier needs at least two classes in y; got one class, {self.classes_[0]!r}")
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31)
        settings = {k: v for k, v in self.get_params().items() if k != "random_state"}
        if np.ndim(self.hidden_sizes) == 0:
            settings["hidden_sizes"] = (self.hidden_sizes,)
        config = RunConfig(
            dataset=GIVEN,
            output_activation="softmax",
            loss="cross_entropy",
            dtype="float64",  # in single precision an answer depends, in its last digits, on the rows beside it
            seed=seed,
            **settings,
        )
        data = Dataset(
            "own data", X, np.eye(len(self.classes_))[labels], n_train=len(X), classes=tuple(self.classes_.tolist())
        )
        self.run_ = train_one(config, data)
        if self.run_.diverged:
            warnings.warn(f"the network diverged {self.when()}", ConvergenceWarning, stacklevel=2)
        return self

    def predict_proba(self, X):
        """Probabilities (N, K) of the classes in `classes_`."""
        check_is_fitted(self)
        return self.run_.predict_proba(validate_data(self, X, dtype=[np.float64, np.float32], reset=False))

    def predict(self, X):
        """The likeliest label (N,) for each row of X. Raises LabError where the network has diverged."""
        probabilities = self.predict_proba(X)
        if self.run_.diverged:
            raise LabError(f"the network has no answers, because it diverged {self.when()}")
        return self.classes_[probabilities.argmax(axis=1)]

    def score(self, X, y, sample_weight=None):
        """The accuracy on X (N, D) with labels y (N,); nan where the network has diverged."""
        check_is_fitted(self)
        return np.nan if self.run_.diverged else super().score(X, y, sample_weight)

    def when(self):
        """When it diverged, and what helps."""
        return f"in epoch {self.run_.epochs}: its loss is no longer finite; try a smaller lr than {self.lr:g}"
