"""A plain numpy loop in the style of the reports: examples in rows, new arrays in every line, run after run."""

import numpy as np

from .work import Array, Weights, Work

NAME = "numpy loop"
STACKS = False


def fits(work: Work) -> bool:
    return True


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def output_and_loss(kind: str, z: Array, y: Array) -> tuple[float, Array]:
    """The loss of pre-activations z (B, K) of the output layer, and its derivative by z."""
    if kind == "mse":
        a = sigmoid(z)
        return np.mean((a - y) ** 2), 2 * (a - y) / y.size * a * (1 - a)
    if kind == "binary_cross_entropy":
        a = sigmoid(z)
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), (a - y) / y.size
    a = softmax(z)
    return -np.sum(y * np.log(a)) / len(y), (a - y) / len(y)


def step(work: Work, Ws: list[Array], bs: list[Array], vs: list, x: Array, y: Array) -> float:
    relu, lr, beta = work.config.activation == "relu", work.config.lr, work.momentum
    a, activations = x, [x]
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        z = a @ W + b
        a = np.maximum(z, 0) if relu else sigmoid(z)
        activations.append(a)
    loss, dz = output_and_loss(work.config.loss, a @ Ws[-1] + bs[-1], y)
    for i in reversed(range(len(Ws))):
        a = activations[i]
        dW, db = a.T @ dz, dz.sum(axis=0)
        if i > 0:
            da = dz @ Ws[i].T
            dz = da * (a > 0) if relu else da * a * (1 - a)
        if beta:
            vs[i] = dW, db = beta * vs[i][0] + dW, beta * vs[i][1] + db
        Ws[i] -= lr * dW
        bs[i] -= lr * db
    return loss


def train_run(work: Work, start: Weights, order: Array, n_epochs: int) -> float:
    Ws, bs, vs = [W.T.copy() for W, _ in start], [b.copy() for _, b in start], [(0, 0)] * len(start)
    n_steps = len(order) // n_epochs
    for epoch in range(n_epochs):
        loss = 0.0
        for batch in order[epoch * n_steps : (epoch + 1) * n_steps]:
            x, y = (work.x, work.y) if work.config.batch_size is None else (work.x[batch], work.y[batch])
            loss += step(work, Ws, bs, vs, x, y) / n_steps
    return loss


def prepare(work: Work, n_runs: int, n_epochs: int):
    runs = [(work.start(seed), work.order(seed, n_epochs)) for seed in range(n_runs)]
    return lambda: np.array([train_run(work, start, order, n_epochs) for start, order in runs])
