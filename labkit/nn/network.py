"""A network: layers in a row. Forward is a loop over them, backward the same loop reversed.

All parameters of a run lie in one row of a flat array w, (P,) for one run and (R, P) for a stack; each layer's W and b
are views of it. So an optimizer updates the flat array, and the layers see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import prod

import numpy as np

from ..errors import LabError
from .activations import ACTIVATIONS, Array
from .convolution import Shape
from .initializers import BIAS_INITIALIZERS, INITIALIZERS, draw
from .layers import Dropout, Params, Rngs
from .losses import LossFunction


@dataclass(frozen=True, repr=False)
class Network:
    """Layers from input to output, such as Network([Linear(2, 10), Activation("tanh"), Linear(10, 1)]).

    Raises LabError where a layer does not take as many inputs as the layers before it put out.
    """

    layers: tuple

    def __post_init__(self):
        object.__setattr__(self, "layers", tuple(self.layers))
        self.sizes  # noqa: B018  checks that the layers fit

    def forward(self, params: list[Params], x: Array, rngs: Rngs | None = None) -> tuple[Array, list]:
        """x (..., D, N) -> the output (..., K, N), and the cache of every layer for `backward`.

        `rngs` has a random generator for each run while training, and is None to evaluate: only dropout draws from it.
        """
        caches = []
        for layer, p in zip(self.layers, params, strict=True):
            x, cache = layer.forward(x, rngs) if isinstance(layer, Dropout) else layer.forward(x, **p)
            caches.append(cache)
        return x, caches

    def backward(self, caches: list, d_out: Array) -> Array:
        """The derivative g (..., P) of the loss by the parameters, in the order of w; d_out (..., K, N) is that by the
        output."""
        found = []
        for i, dz in self.derivatives(caches, d_out):
            if self.layers[i].shapes:
                grads = self.layers[i].gradients(caches[i], dz)
                found += [grads[name].reshape(*dz.shape[:-2], -1) for name in reversed(grads)]
        return np.concatenate(found[::-1], axis=-1)

    def derivatives(self, caches: list, d_out: Array) -> Iterator[tuple[int, Array]]:
        """The place of each layer and the derivative of the loss by its output, from the last layer back to the first
        that has parameters: nobody asks for the derivative by the data."""
        for i in reversed(range(self.first, len(self.layers))):
            yield i, d_out
            if i > self.first:
                d_out = self.layers[i].backward(caches[i], d_out)

    def loss_and_gradient(
        self, loss: LossFunction, params: list[Params], x: Array, y: Array, rngs: Rngs | None = None
    ) -> tuple[Array, Array, Array]:
        """Forward, loss, backward: the loss (...), its derivative (..., P) by the parameters, and the output."""
        output, caches = self.forward(params, x, rngs)
        value, d_output = loss(output, y)
        return value, self.backward(caches, d_output), output

    def views(self, w: Array) -> list[Params]:
        """w (..., P) -> one dict per layer of views {"W": (..., n_out, n_in), "b": (..., n_out, 1)}, or empty."""
        params, start = [], 0
        for layer in self.layers:
            params.append({})
            for name, shape in layer.shapes.items():
                stop = start + prod(shape)
                params[-1][name] = w[..., start:stop].reshape(*w.shape[:-1], *shape)
                start = stop
        return params

    def initial(
        self,
        rng: np.random.Generator,
        init: str = "normal",
        bias_init: str = "zeros",
        factor: float = 1.0,
        activation: str = "identity",
    ) -> Array:
        """Initial parameters (P,) of one run in float64: weights from `init` times `factor`, biases from `bias_init`.

        `activation` names that of the hidden layers, whose gain kaiming asks for.
        """
        w, gain = np.empty(self.n_params), ACTIVATIONS[activation].gain
        for layer, params in zip(self.layers, self.views(w), strict=True):
            for name, values in params.items():
                initializer = INITIALIZERS[init] if name == "W" else BIAS_INITIALIZERS[bias_init]
                fan_in, fan_out = layer.fans
                drawn = draw(initializer, rng=rng, shape=values.shape, fan_in=fan_in, fan_out=fan_out, gain=gain)
                values[...] = (factor if name == "W" else 1.0) * drawn
        return w

    @cached_property
    def first(self) -> int:
        """Where the first layer with parameters stands."""
        return next(i for i, layer in enumerate(self.layers) if layer.shapes)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, and then of the outputs of every layer."""
        sized = [layer for layer in self.layers if hasattr(layer, "n_in")]
        if not any(layer.shapes for layer in sized):
            raise LabError("a network must have a layer with parameters, such as Linear(2, 1)")
        found = [sized[0].n_in]
        for place, layer in enumerate(self.layers, start=1):
            if getattr(layer, "n_in", found[-1]) != found[-1]:
                raise LabError(f"layer {place} of the network, {layer}, takes {layer.n_in} inputs; it gets {found[-1]}")
            found.append(getattr(layer, "n_out", found[-1]))
        return tuple(found)

    @property
    def n_out(self) -> int:
        """The number of outputs, K."""
        return self.sizes[-1]

    @property
    def shape(self) -> Shape:
        """Channels, height and width of an example; a row of its features where no layer sees images."""
        return next((layer.shape for layer in self.layers if hasattr(layer, "shape")), (1, 1, self.sizes[0]))

    @cached_property
    def n_params(self) -> int:
        """Number of weights and biases of one run, P."""
        return sum(prod(shape) for layer in self.layers for shape in layer.shapes.values())

    def rows(self) -> list[tuple[str, str, int]]:
        """Of each layer its name, its output (channels x height x width, or units), and its number of parameters."""
        outputs = [getattr(layer, "out_shape", (n,)) for layer, n in zip(self.layers, self.sizes[1:], strict=True)]
        n_params = [sum(prod(shape) for shape in layer.shapes.values()) for layer in self.layers]
        names = [layer.name for layer in self.layers]
        return [(name, " x ".join(map(str, out)), n) for name, out, n in zip(names, outputs, n_params, strict=True)]

    def __repr__(self) -> str:
        lines = [f"{'layer':<12}{'output':>14}{'parameters':>12}"]
        lines += [f"{name:<12}{output:>14}{n:>12,}" for name, output, n in self.rows()]
        return "\n".join([*lines, f"{'total':<26}{self.n_params:>12,}"])

    def _repr_html_(self) -> str:
        rows = [*self.rows(), ("total", "", self.n_params)]
        body = "".join(f"<tr><th>{escape(name)}</th><td>{out}</td><td>{n:,}</td></tr>" for name, out, n in rows)
        head = "<tr><th>layer</th><th>output</th><th>parameters</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
