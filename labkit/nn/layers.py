"""Layers: recipes without state. Forward and backward stand side by side and look like the mathematics.

Examples are columns: a layer maps (..., n_in, N) to (..., n_out, N) for N examples; any axes in front are runs, so the
same lines serve one run and a stack. `forward` takes its parameters by name, and returns the output and a cache. From
that cache and the derivative of the loss by the output, `gradients` gives the derivatives by the parameters, and
`backward` the derivative by the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

import numpy as np

from ..errors import LabError, choice
from .activations import ACTIVATIONS, ActivationFunction, Array, softmax

Params = dict[str, Array]
Rngs = Sequence[np.random.Generator]  # one for each run


@lru_cache(maxsize=8)
def ones(n: int, dtype: np.dtype) -> Array:
    """A column of n ones: dz @ ones sums over the examples, three times faster than `sum` on small arrays."""
    return np.ones((n, 1), dtype)


@dataclass(frozen=True)
class Linear:
    """Fully connected layer, z = W a + b, with W (..., n_out, n_in) and b (..., n_out, 1)."""

    n_in: int
    n_out: int
    name: ClassVar[str] = "linear"

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Of each parameter."""
        return {"W": (self.n_out, self.n_in), "b": (self.n_out, 1)}

    @property
    def fans(self) -> tuple[int, int]:
        """Inputs of one unit, and units that one input reaches: what initializers scale by."""
        return self.n_in, self.n_out

    def forward(self, a: Array, W: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
        """z = W a + b."""
        return W @ a + b, (a, W)

    def gradients(self, cache: tuple[Array, Array], dz: Array) -> Params:
        """dW = dz aᵀ, db = Σ dz over the examples."""
        a, _ = cache
        return {"W": dz @ a.mT, "b": dz @ ones(dz.shape[-1], dz.dtype)}

    def backward(self, cache: tuple[Array, Array], dz: Array) -> Array:
        """da = Wᵀ dz."""
        _, W = cache
        return W.mT * dz if self.n_out == 1 else W.mT @ dz  # an outer product, which BLAS is slow at


class Elementwise:
    """A layer without parameters that takes any number of inputs, and has as many outputs."""

    shapes: ClassVar[dict] = {}


@dataclass(frozen=True)
class Activation(Elementwise):
    """An activation function on every unit, a = f(z), by its name in `ACTIVATIONS`; `slope` is that of leaky ReLU."""

    name: str
    slope: float | None = None
    row: ActivationFunction = field(init=False, repr=False, compare=False)  # as it was when the layer was made

    def __post_init__(self):
        choice("activation", self.name, ACTIVATIONS)
        object.__setattr__(self, "row", ACTIVATIONS[self.name])
        if self.slope is not None and not self.row.with_slope:
            raise LabError(f"activation {self.name!r} takes no slope; got {self.slope!r}")

    @property
    def options(self) -> tuple[float, ...]:
        """What the function takes beside z."""
        return () if self.slope is None else (self.slope,)

    def forward(self, z: Array) -> tuple[Array, tuple[Array, Array]]:
        """a = f(z)."""
        a = self.row.function(z, *self.options)
        return a, (z, a)

    def derivative(self, cache: tuple[Array, Array]) -> Array:
        """f'(z)."""
        z, a = cache
        return self.row.derivative(a if self.row.derivative_of == "a" else z, *self.options)

    def backward(self, cache: tuple[Array, Array], da: Array) -> Array:
        """dz = f'(z) da."""
        return self.derivative(cache) * da


@dataclass(frozen=True)
class Softmax(Elementwise):
    """Softmax over the units as a layer, for losses that take probabilities (cross-entropy takes logits instead)."""

    name: ClassVar[str] = "softmax"

    def forward(self, z: Array) -> tuple[Array, Array]:
        """p = softmax(z)."""
        p = softmax(z)
        return p, p

    def backward(self, p: Array, dp: Array) -> Array:
        """dz_i = p_i (dp_i - Σ_j dp_j p_j)."""
        return p * (dp - (dp * p).sum(axis=-2, keepdims=True))


@dataclass(frozen=True)
class Dropout(Elementwise):
    """While training, each unit is zero with probability `rate` and the others grow by 1 / (1 - rate), so that the
    mean stays; when evaluated it does nothing (Srivastava et al., 2014)."""

    rate: float
    name: ClassVar[str] = "dropout"

    def forward(self, a: Array, rngs: Rngs | None = None) -> tuple[Array, Array | None]:
        """a times a mask, which is the cache; `rngs` has a random generator for each run, None to evaluate."""
        if rngs is None:
            return a, None
        draws = np.array([rng.random(a.shape[-2:], dtype=np.float32) for rng in rngs])
        draws = draws if a.ndim > 2 or len(rngs) > 1 else draws[0]  # one run needs no axis of its own
        mask = (draws >= self.rate) * np.asarray(1 / (1 - self.rate), a.dtype)
        return a * mask, mask

    def backward(self, mask: Array | None, da: Array) -> Array:
        """da times the same mask."""
        return da if mask is None else da * mask
