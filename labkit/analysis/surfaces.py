"""The loss over two chosen weights of a network, and the ways that optimizers take on it, or on any other function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..nn.activations import Array
from ..nn.optimizers import Optimizer
from ..training.run import Run, loss_and_gradient

Weight = tuple[int, str, tuple[int, int]]  # layer, "W" or "b", and the place in that array


@dataclass(frozen=True)
class Surface:
    """The training loss of a run as a function of two of its parameters, while all others stay as they are.

    `weights` names the two, as (0, "W", (2, 1)) for the weight from the second input to the third unit of the first
    layer. Points are rows, (R, 2).
    """

    run: Run
    weights: tuple[Weight, Weight]

    def loss(self, points: Array) -> Array:
        """The loss (R,) at each point."""
        return self.loss_and_gradient(points)[0]

    def gradient(self, points: Array) -> Array:
        """The derivatives (R, 2) of the loss by the two parameters, from the backward pass of the network."""
        grads = self.run.network.views(self.loss_and_gradient(points)[1])
        return np.stack([grads[layer][name][:, *index] for layer, name, index in self.weights], axis=-1)

    def loss_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Loss (R,) and its derivatives (R, P) by all parameters, of one network for each point, in float64."""
        network, x_y = self.run.network, (part.astype(float) for part in self.run.dataset.train)
        w = np.tile(self.run.flat.astype(float), (len(points), 1))
        params = network.views(w)
        for (layer, name, index), values in zip(self.weights, np.asarray(points, float).T, strict=True):
            params[layer][name][:, *index] = values
        return loss_and_gradient(network, self.run.config.loss, w, *x_y)


def walk(
    gradient: Callable[[Array], Array],
    optimizer: str,
    start: Sequence[float],
    lr: float | Sequence[float],
    n_steps: int,
    **settings: float,
) -> Array:
    """The points (n_steps + 1, R, D) that an optimizer comes by from `start` (D,), for each of R learning rates.

    `gradient` maps points (R, D) to derivatives (R, D). `settings` are those of the optimizer: momentum, beta1, …
    """
    lr = np.atleast_1d(np.asarray(lr, float))[:, None]
    optimizer = Optimizer(optimizer, lr=lr, **settings)
    w = np.tile(np.asarray(start, float), (len(lr), 1))
    path = [w.copy()]
    with np.errstate(all="ignore"):  # a rate that is too large overflows: a result
        for _ in range(n_steps):
            optimizer.step(w, np.array(gradient(w)))  # a copy: an update may not change its gradient by way of w
            path.append(w.copy())
    return np.array(path)
