"""The loss over two chosen weights of a network, and the ways that optimizers take on it, or on any other function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from ..figures.style import panels, styled, styles_of
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

    @property
    def center(self) -> Array:
        """The two parameters as the run has them, (2,)."""
        return np.array([self.run.params[layer][name][index] for layer, name, index in self.weights], float)

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


def largest_stable_rate(optimizer: str, rates: Sequence[float], n_steps: int = 2000, **settings) -> float:
    """The largest of the rates with which a walk on the parabola w²/2 gets from 1 closer to 0; nan if none does.

    Its curvature is 1. On a curvature λ the limit is 1/λ times as large, for optimizers linear in the gradient.
    """
    rates = np.asarray(rates, float)
    end = np.abs(walk(lambda w: w, optimizer, [1.0], rates, n_steps, **settings)[-1, :, 0])
    return float(max(rates[end < 1], default=np.nan))


GRID = 81  # points along each side of the surface
LEVELS = 16


@styled
def trajectories(
    surface: Surface,
    paths: Mapping[str, np.ndarray],
    ax: Axes | None = None,
    *,
    span: tuple[tuple[float, float], tuple[float, float]],
    names: tuple[str, str] = ("first weight", "second weight"),
) -> Axes:
    """Contours of the loss, evenly spaced in its logarithm, and on them the way (steps, 2) of each named optimizer.

    A square marks the start of all ways, a circle the end of each.
    """
    ax = panels(width=3.2, height=3.0) if ax is None else ax
    (left, right), (bottom, top) = span
    across, up = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    loss = surface.loss(np.c_[across.ravel(), up.ravel()]).reshape(GRID, GRID)
    levels = np.geomspace(loss.min() * 1.001, loss.max(), LEVELS)
    ax.contourf(across, up, np.log(loss), levels=np.log(levels), cmap="Greys_r", alpha=0.55, extend="both")
    ax.contour(across, up, loss, levels=levels, colors="#9a9a9a", linewidths=0.4)
    for name, style in styles_of("optimizer", list(paths)).items():
        path = paths[name]
        color = {"color": style["color"]}
        ax.plot(*path.T, **color, linestyle=style["linestyle"], lw=1.3, label=name)
        ax.plot(*path[-1], marker="o", ms=5, mec="#ffffff", mew=0.8, **color, zorder=5)
    ax.plot(*next(iter(paths.values()))[0], "s", color="#ffffff", mec="#000000", ms=5, zorder=6)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=(left, right), ylim=(bottom, top))
    ax.grid(False)
    ax.legend(loc="best", handlelength=2.6, frameon=True, framealpha=0.85, edgecolor="none")
    return ax
