"""A network: layers in a row. Forward is a loop over them, backward the same loop reversed.

All parameters of a run lie in one row of a flat array, (P,) for one run and (R, P) for a stack; each layer's W and b
are views of it. So an optimizer updates the flat array, and the layers see it.
"""

from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import prod

import numpy as np

from ..experiments.architecture import build_front
from .activations import Array, sigmoid, softmax
from .convolution import Shape
from .initializers import BIAS_INITIALIZERS, INITIALIZERS
from .layers import Activate, Dropout, Linear, Params, Softmax
from .losses import LOSSES


@dataclass(frozen=True, repr=False)
class Network:
    """Layers from input to output; `link` is the output activation that a loss on logits takes over, or None."""

    layers: tuple
    link: str | None = None

    def forward(self, params: list[Params], x: Array, empty=np.empty, rngs=None) -> tuple[Array, list]:
        """x (..., D, N) -> the output (..., K, N), and the cache of every layer for `backward`; `rngs` as in layers."""
        caches = []
        for layer, p in zip(self.layers, params, strict=True):
            x, cache = layer.forward(p, x, empty, rngs)
            caches.append(cache)
        return x, caches

    def backward(self, params: list[Params], caches: list, d_out: Array, grads=None, empty=np.empty) -> list[Params]:
        """The derivatives of the loss by `params`, in the same form; d_out (..., K, N) is that by the output."""
        if grads is None:
            grads = [{name: np.empty_like(w) for name, w in p.items()} for p in params]
        for i in reversed(range(len(self.layers))):
            d_out = self.layers[i].backward(params[i], caches[i], d_out, grads[i], empty, first=i == 0)
        return grads

    def probabilities(self, output: Array) -> Array:
        """What the network says of each example: the output, through the output activation that the loss holds."""
        return {None: np.positive, "sigmoid": sigmoid, "softmax": softmax}[self.link](output)

    @property
    def shape(self) -> Shape:
        """Channels, height and width of an example; a row of n_in features where no layer sees images."""
        return next((layer.shape for layer in self.layers if hasattr(layer, "shape")), (1, 1, self.layers[0].n_in))

    @property
    def n_out(self) -> int:
        return self.layers[-1].n_out

    @cached_property
    def n_params(self) -> int:
        """Number of weights and biases of one run."""
        return sum(prod(shape) for layer in self.layers for shape in layer.shapes.values())

    def views(self, flat: Array) -> list[Params]:
        """flat (..., P) -> one dict per layer of views {"W": (..., n_out, n_in), "b": (..., n_out, 1)}, or empty."""
        params, start = [], 0
        for layer in self.layers:
            params.append({})
            for name, shape in layer.shapes.items():
                stop = start + prod(shape)
                params[-1][name] = flat[..., start:stop].reshape(*flat.shape[:-1], *shape)
                start = stop
        return params

    def initial(self, config, rng: np.random.Generator) -> Array:
        """Initial parameters (P,) of one run in float64, as `init`, `init_gain` and `bias_init` of its config say."""
        flat = np.empty(self.n_params)
        for layer, params in zip(self.layers, self.views(flat), strict=True):
            for name, w in params.items():
                draw = INITIALIZERS[config.init] if name == "W" else BIAS_INITIALIZERS[config.bias_init]
                gain = config.init_gain if name == "W" else 1.0
                w[...] = gain * draw(rng, w.shape, *layer.fans, config.activation)
        return flat

    def layer_table(self) -> list[tuple[str, str, int]]:
        """A row a layer: its name, its output (channels x height x width, or units), and its number of parameters."""
        rows = []
        for layer in self.layers:
            name = layer.name if isinstance(layer, Activate) else type(layer).__name__.lower()
            output = " x ".join(map(str, getattr(layer, "out_shape", (layer.n_out,))))
            rows.append((name, output, sum(prod(s) for s in layer.shapes.values())))
        return rows

    def summary(self) -> str:
        """The layer table as text, with the sum of the parameters."""
        rows = [("layer", "output", "parameters"), *((n, out, f"{p:,}") for n, out, p in self.layer_table())]
        rows.append(("total", "", f"{self.n_params:,}"))
        return "\n".join(f"{name:<12}{output:>14}{n_params:>12}" for name, output, n_params in rows)

    __repr__ = summary

    def _repr_html_(self) -> str:
        rows = [(escape(name), output, f"{n:,}") for name, output, n in self.layer_table()]
        rows.append(("total", "", f"{self.n_params:,}"))
        body = "".join(f"<tr><th>{name}</th><td>{output}</td><td>{n}</td></tr>" for name, output, n in rows)
        head = "<tr><th>layer</th><th>output</th><th>parameters</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def build_network(config, shape: Shape, n_out: int) -> Network:
    """The network of a config, for examples of shape (channels, height, width) and n_out outputs."""
    layers = build_front(config.front, shape, config.leaky_slope)
    width = layers[-1].n_out if layers else prod(shape)
    for size in config.hidden_sizes:
        layers += [Linear(width, size), Activate(config.activation, size, config.leaky_slope)]
        layers += [Dropout(size, config.dropout)] if config.dropout else []
        width = size
    layers.append(Linear(width, n_out))
    link = LOSSES[config.loss].link
    if link is None:  # otherwise the loss takes the logits
        output = config.output_activation
        layers.append(Softmax(n_out) if output == "softmax" else Activate(output, n_out, config.leaky_slope))
    # an identity changes nothing and would cost two passes over the data
    return Network(tuple(layer for layer in layers if getattr(layer, "name", None) != "identity"), link)
