"""scikit-learn's MLPClassifier, one partial_fit an epoch, one run after the other.

It has log-loss only, so it does (e), softmax and cross-entropy, and (f), sigmoid and binary cross-entropy, but no mean
squared error. It has no stack. The batches come in the given order: the examples are put in order before each epoch.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from .work import Array, Weights, Work

NAME = "scikit-learn"
STACKS = False


def fits(work: Work) -> bool:
    return work.config.loss != "mse"


def train_run(work: Work, start: Weights, order: Array, n_epochs: int) -> float:
    classifier = MLPClassifier(
        work.config.hidden_sizes,
        activation="relu" if work.config.activation == "relu" else "logistic",
        solver="sgd",
        alpha=0.0,
        batch_size=work.batch_size,
        learning_rate_init=work.config.lr,
        momentum=work.momentum,
        nesterovs_momentum=False,
        shuffle=False,
    )
    labels = work.y.argmax(axis=1) if work.y.shape[1] > 1 else work.y[:, 0].astype(int)
    # The first call makes weights and optimizer, from one batch; the given ones take their place.
    classes = np.arange(max(2, work.y.shape[1]))
    classifier.partial_fit(work.x[: work.batch_size], labels[: work.batch_size], classes=classes)
    for i, (W, b) in enumerate(start):
        classifier.coefs_[i][...], classifier.intercepts_[i][...] = W.T, b
    for velocity in classifier._optimizer.velocities:
        velocity.fill(0)
    for epoch in order.reshape(n_epochs, -1):
        classifier.partial_fit(work.x[epoch], labels[epoch])
    return classifier.loss_


def prepare(work: Work, n_runs: int, n_epochs: int):
    runs = [(work.start(seed), work.order(seed, n_epochs)) for seed in range(n_runs)]
    return lambda: np.array([train_run(work, start, order, n_epochs) for start, order in runs])
