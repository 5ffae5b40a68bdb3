"""Optimizers: from the gradient of a step to the new weights.

Weights w and gradient g are flat arrays (R, P), one row a run. The settings in `h`, lr among them, are arrays (R, 1),
so that each run of a stack has its own. An update changes w in place and keeps its memory (velocities, averages) in
`state`, arrays shaped as w that start at zero. It may overwrite g. Steps t count from 1.
To add an optimizer, write its update and add one row to `OPTIMIZERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from .activations import Array

HYPERPARAMETERS = ("lr", "momentum", "beta1", "beta2", "eps", "weight_decay")


def gd(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """w ← w - lr g. With mini-batches this is stochastic gradient descent (Robbins and Monro, 1951)."""
    np.multiply(g, h.lr, out=g)
    np.subtract(w, g, out=w)


def momentum(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """v ← β v - lr g;  w ← w + v, β being `momentum` (Polyak, 1964; Sutskever et al., 2013)."""
    (v,) = state
    v *= h.momentum
    g *= h.lr
    v -= g
    w += v


def momentum_ema(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """v ← β v + (1 - β) g;  w ← w - lr v: an average of gradients, hence a step 1 - β times that of `momentum`."""
    (v,) = state
    v *= h.momentum
    v += (1 - h.momentum) * g
    w -= h.lr * v


def nesterov(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """v ← β v - lr g;  w ← w + β v - lr g: the gradient looked up ahead (Nesterov, 1983; Sutskever et al., 2013)."""
    (v,) = state
    g *= h.lr
    v *= h.momentum
    v -= g
    w += h.momentum * v - g


def adagrad(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """s ← s + g²;  w ← w - lr g / (√s + ε) (Duchi, Hazan and Singer, 2011)."""
    (s,) = state
    s += g * g
    w -= h.lr * g / (np.sqrt(s) + h.eps)


def rmsprop(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """s ← β₂ s + (1 - β₂) g²;  w ← w - lr g / (√s + ε) (Tieleman and Hinton, 2012)."""
    (s,) = state
    s *= h.beta2
    s += (1 - h.beta2) * g * g
    w -= h.lr * g / (np.sqrt(s) + h.eps)


def adam(w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
    """m ← β₁ m + (1 - β₁) g;  s ← β₂ s + (1 - β₂) g²;  m̂ = m / (1 - β₁ᵗ);  ŝ = s / (1 - β₂ᵗ);
    w ← w - lr m̂ / (√ŝ + ε) (Kingma and Ba, 2015, Algorithm 1)."""
    m, s = state
    m *= h.beta1
    m += (1 - h.beta1) * g
    s *= h.beta2
    s += (1 - h.beta2) * g * g
    m_hat = m / (1 - h.beta1**t)
    s_hat = s / (1 - h.beta2**t)
    w -= h.lr * m_hat / (np.sqrt(s_hat) + h.eps)


@dataclass(frozen=True)
class Optimizer:
    """An update rule and how many arrays shaped as the weights it remembers.

    Weight decay adds λ w to the gradient, the derivative of an L2 penalty λ w²/2 on weights and biases alike; an
    optimizer that is `decoupled` shrinks w by lr λ w instead, past its averages (Loshchilov and Hutter, 2019).
    """

    update: Callable[[Array, Array, list[Array], SimpleNamespace, int], None]
    n_states: int = 0
    decoupled: bool = False

    def step(self, w: Array, g: Array, state: list[Array], h: SimpleNamespace, t: int) -> None:
        """One update of w in place; h.weight_decay is None where no run decays."""
        if h.weight_decay is not None:
            if self.decoupled:
                w -= h.lr * h.weight_decay * w
            else:
                g += h.weight_decay * w
        self.update(w, g, state, h, t)


OPTIMIZERS = {
    "gd": Optimizer(gd),
    "sgd": Optimizer(gd),
    "momentum": Optimizer(momentum, n_states=1),
    "momentum_ema": Optimizer(momentum_ema, n_states=1),
    "nesterov": Optimizer(nesterov, n_states=1),
    "adagrad": Optimizer(adagrad, n_states=1),
    "rmsprop": Optimizer(rmsprop, n_states=1),
    "adam": Optimizer(adam, n_states=2),
    "adamw": Optimizer(adam, n_states=2, decoupled=True),
}
