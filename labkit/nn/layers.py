"""Layers: recipes without state. Forward and backward stand side by side and look like the mathematics.

Activations are columns: a layer maps (..., n_in, N) to (..., n_out, N) for N examples; any axes in front are runs, so
the same lines serve one run and a stack. `forward` returns the output and a cache; `backward` takes that cache back
with the derivative of the loss by the output, writes the derivatives by the parameters into `grads`, and returns the
derivative by the input. Results are written into arrays from `empty`: np.empty, or buffers that are used again.
`rngs` holds a random generator for each run while training, and is None when a network is only evaluated.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import ClassVar

import numpy as np

from .activations import ACTIVATIONS, Array, softmax

Params = dict[str, Array]


@lru_cache(maxsize=8)
def ones(n: int, dtype: np.dtype) -> Array:
    """A column of n ones: dz @ ones sums over the examples, three times faster than `sum` on small arrays."""
    return np.ones((n, 1), dtype)


@dataclass(frozen=True)
class Linear:
    """Fully connected layer, z = W a + b, with W (..., n_out, n_in) and b (..., n_out, 1)."""

    n_in: int
    n_out: int

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"W": (self.n_out, self.n_in), "b": (self.n_out, 1)}

    @property
    def fans(self) -> tuple[int, int]:
        """Inputs of one unit, and units that one input reaches: what initializers scale by."""
        return self.n_in, self.n_out

    def forward(self, params: Params, a: Array, empty=np.empty, rngs=None) -> tuple[Array, Array]:
        W, b = params["W"], params["b"]
        z = np.matmul(W, a, out=empty((*W.shape[:-1], a.shape[-1]), W.dtype))  # z = W a
        z += b  #                                                                      + b
        return z, a

    def backward(self, params: Params, a: Array, dz: Array, grads: Params, empty=np.empty, first: bool = False):
        W = params["W"]
        np.matmul(dz, a.mT, out=grads["W"])  # dW = dz aᵀ
        np.matmul(dz, ones(dz.shape[-1], dz.dtype), out=grads["b"])  # db = Σ dz over the examples
        if first:  # nobody asks for the derivative by the data
            return None
        da = empty((*W.shape[:-2], self.n_in, dz.shape[-1]), dz.dtype)
        if self.n_out == 1:  # an outer product, which BLAS is slow at
            return np.multiply(W.mT, dz, out=da)  # da = Wᵀ dz
        return np.matmul(W.mT, dz, out=da)  # da = Wᵀ dz


class SameSize:
    """A layer with as many outputs as inputs and no parameters."""

    n_in: int
    shapes: ClassVar[dict] = {}

    @property
    def n_out(self) -> int:
        return self.n_in


@dataclass(frozen=True)
class Activate(SameSize):
    """An activation function on every unit, a = f(z); `slope` is that of leaky ReLU."""

    name: str
    n_in: int
    slope: float = 0.01

    @cached_property
    def function(self):
        return self.with_slope(ACTIVATIONS[self.name].function)

    @cached_property
    def derivative(self):
        return self.with_slope(ACTIVATIONS[self.name].derivative)

    def with_slope(self, f):
        return partial(f, slope=self.slope) if self.name == "leaky_relu" else f

    def forward(self, params: Params, z: Array, empty=np.empty, rngs=None) -> tuple[Array, tuple[Array, Array]]:
        a = self.function(z, out=empty(z.shape, z.dtype))  # a = f(z)
        return a, (z, a)

    def backward(self, params: Params, cache, da: Array, grads: Params, empty=np.empty, first: bool = False):
        z, a = cache
        dz = self.derivative(z, a, out=empty(z.shape, z.dtype))
        return np.multiply(dz, da, out=dz)  # dz = f'(z) da


@dataclass(frozen=True)
class Softmax(SameSize):
    """Softmax over the units as a layer, for losses that take probabilities (cross-entropy takes logits instead)."""

    n_in: int

    def forward(self, params: Params, z: Array, empty=np.empty, rngs=None) -> tuple[Array, Array]:
        p = softmax(z)
        return p, p

    def backward(self, params: Params, p: Array, dp: Array, grads: Params, empty=np.empty, first: bool = False):
        return p * (dp - (dp * p).sum(axis=-2, keepdims=True))  # dz_i = p_i (dp_i - Σ_j dp_j p_j)


@dataclass(frozen=True)
class Flatten(SameSize):
    """An image as a column of numbers. Ours already are: it only marks where a network stops seeing images."""

    n_in: int

    def forward(self, params: Params, a: Array, empty=np.empty, rngs=None) -> tuple[Array, None]:
        return a, None

    def backward(self, params: Params, cache: None, da: Array, grads: Params, empty=np.empty, first: bool = False):
        return da


@dataclass(frozen=True)
class Dropout(SameSize):
    """While training, each unit is zero with probability `rate` and the others grow by 1 / (1 - rate), so that the
    mean stays; when evaluated it does nothing (Srivastava et al., 2014)."""

    n_in: int
    rate: float

    def forward(self, params: Params, a: Array, empty=np.empty, rngs=None) -> tuple[Array, Array | None]:
        if rngs is None:
            return a, None
        draws = np.array([rng.random(a.shape[-2:], dtype=np.float32) for rng in rngs]).reshape(a.shape)
        mask = (draws >= self.rate) * np.asarray(1 / (1 - self.rate), a.dtype)
        return a * mask, mask

    def backward(
        self, params: Params, mask: Array | None, da: Array, grads: Params, empty=np.empty, first: bool = False
    ):
        return da if mask is None else da * mask
