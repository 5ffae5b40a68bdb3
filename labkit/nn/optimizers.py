"""Optimizers: from the gradient of a step to the new weights.

Weights w and gradient g are flat arrays, (P,) for one run and (R, P) for a stack, and an update changes w in place. The
other arguments of an update are given by their names: the settings lr, momentum, beta1, beta2 and eps, which may be
arrays (R, 1), so that each run of a stack has its own; t, the number of the step, counted from 1; and whatever else it
names, its memory (velocities, averages): arrays shaped as w that start at zero.
To add an optimizer, write its update and add one row to `OPTIMIZERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, signature

import numpy as np

from ..errors import LabError, choice
from .activations import Array

# The settings of all optimizers, and what they are where nothing is said.
HYPERPARAMETERS = {"lr": 0.1, "momentum": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}


def gd(w: Array, g: Array, lr: Array) -> None:
    """w ← w - lr g. With mini-batches this is stochastic gradient descent (Robbins and Monro, 1951)."""
    w -= lr * g


def momentum(w: Array, g: Array, v: Array, lr: Array, momentum: Array) -> None:
    """v ← β v - lr g;  w ← w + v, β being `momentum` (Polyak, 1964; Sutskever et al., 2013)."""
    v *= momentum
    v -= lr * g
    w += v


def momentum_ema(w: Array, g: Array, v: Array, lr: Array, momentum: Array) -> None:
    """v ← β v + (1 - β) g;  w ← w - lr v: an average of gradients, hence a step 1 - β times that of `momentum`."""
    v *= momentum
    v += (1 - momentum) * g
    w -= lr * v


def nesterov(w: Array, g: Array, v: Array, lr: Array, momentum: Array) -> None:
    """v ← β v - lr g;  w ← w + β v - lr g: the gradient looked up ahead (Nesterov, 1983; Sutskever et al., 2013)."""
    v *= momentum
    v -= lr * g
    w += momentum * v - lr * g


def adagrad(w: Array, g: Array, s: Array, lr: Array, eps: Array) -> None:
    """s ← s + g²;  w ← w - lr g / (√s + ε) (Duchi, Hazan and Singer, 2011)."""
    s += g * g
    w -= lr * g / (np.sqrt(s) + eps)


def rmsprop(w: Array, g: Array, s: Array, lr: Array, beta2: Array, eps: Array) -> None:
    """s ← β₂ s + (1 - β₂) g²;  w ← w - lr g / (√s + ε) (Tieleman and Hinton, 2012)."""
    s *= beta2
    s += (1 - beta2) * g * g
    w -= lr * g / (np.sqrt(s) + eps)


def adam(w: Array, g: Array, m: Array, s: Array, t: int, lr: Array, beta1: Array, beta2: Array, eps: Array) -> None:
    """m ← β₁ m + (1 - β₁) g;  s ← β₂ s + (1 - β₂) g²;  m̂ = m / (1 - β₁ᵗ);  ŝ = s / (1 - β₂ᵗ);
    w ← w - lr m̂ / (√ŝ + ε) (Kingma and Ba, 2015, Algorithm 1)."""
    m *= beta1
    m += (1 - beta1) * g
    s *= beta2
    s += (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w -= lr * m_hat / (np.sqrt(s_hat) + eps)


@dataclass(frozen=True)
class UpdateRule:
    """A row of `OPTIMIZERS`. Where weight decay is `decoupled`, it shrinks w past the update's averages."""

    update: Callable[..., None]
    decoupled: bool = False

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """What the update asks for beside w and g."""
        needed = [name for name, p in signature(self.update).parameters.items() if p.default is Parameter.empty]
        return tuple(needed[2:])

    @property
    def memory(self) -> tuple[str, ...]:
        """The arrays that it remembers from step to step."""
        return tuple(name for name in self.arguments if name != "t" and name not in HYPERPARAMETERS)


OPTIMIZERS = {
    "gd": UpdateRule(gd),
    "sgd": UpdateRule(gd),
    "momentum": UpdateRule(momentum),
    "momentum_ema": UpdateRule(momentum_ema),
    "nesterov": UpdateRule(nesterov),
    "adagrad": UpdateRule(adagrad),
    "rmsprop": UpdateRule(rmsprop),
    "adam": UpdateRule(adam),
    "adamw": UpdateRule(adam, decoupled=True),
}


class Optimizer:
    """An update rule at work: its settings, its memory, and the number of steps done.

    Weight decay λ adds λ w to the gradient, the derivative of an L2 penalty λ w²/2 on weights and biases alike; an
    optimizer that is decoupled shrinks w by lr λ w instead (Loshchilov and Hutter, 2019).
    """

    def __init__(self, name: str, **settings: float | Array):
        """Settings that are not given are those of `HYPERPARAMETERS`. Raises LabError for an unknown name."""
        choice("optimizer", name, OPTIMIZERS)
        for given in settings:
            choice("setting of an optimizer", given, HYPERPARAMETERS)
        self.rule, self.settings = OPTIMIZERS[name], HYPERPARAMETERS | settings
        self.decays = bool(np.any(self.settings["weight_decay"]))
        self.memory: dict[str, Array] | None = None  # until the first step tells its shape
        self.t = 0

    def step(self, w: Array, g: Array) -> None:
        """One update of w in place, by the gradient g of the same shape."""
        if w.shape != g.shape:
            raise LabError(f"weights and gradient must have one shape; got {w.shape} and {g.shape}")
        if self.memory is None:
            self.memory = {name: np.zeros_like(w) for name in self.rule.memory}
        self.t += 1
        if self.decays:
            decay = self.settings["weight_decay"]
            if self.rule.decoupled:
                w -= self.settings["lr"] * decay * w
            else:
                g = g + decay * w
        known = self.settings | self.memory | {"t": self.t}
        self.rule.update(w, g, *(known[name] for name in self.rule.arguments))

    def keep(self, rows: Array) -> None:
        """Go on with these runs of a stack only."""
        self.settings = {name: value[rows] for name, value in self.settings.items()}
        self.decays = bool(np.any(self.settings["weight_decay"]))
        self.memory = self.memory and {name: value[rows] for name, value in self.memory.items()}
