"""From a configuration to its network: the layers in front, the hidden ones, and the output; and its operations."""

from math import prod

from ..nn.activations import ACTIVATIONS, identity
from ..nn.convolution import Conv2d, MaxPool2d, Shape
from ..nn.layers import Activation, Dropout, Linear, Softmax
from ..nn.losses import LOSSES
from ..nn.network import Network
from .config import RunConfig
from .front import parse


def build_network(config: RunConfig, shape: Shape, n_out: int) -> Network:
    """The network of a config, for examples of shape (channels, height, width) and n_out outputs.

    An activation that is the identity is left out: it changes nothing and would cost two passes over the data.
    """
    layers = build_front(config, shape)
    width = next((layer.n_out for layer in reversed(layers) if hasattr(layer, "n_out")), prod(shape))
    for size in config.hidden_sizes:
        layers += [Linear(width, size), *activation(config, config.activation)]
        layers += [Dropout(config.dropout)] if config.dropout else []
        width = size
    layers.append(Linear(width, n_out))
    if LOSSES[config.loss].applies is None:  # otherwise the loss takes the logits
        output = config.output_activation
        layers += [Softmax()] if output == "softmax" else activation(config, output)
    return Network(layers)


def build_front(config: RunConfig, shape: Shape) -> list:
    """The layers in front of the hidden ones, for examples of this shape (channels, height, width)."""
    layers = []
    for text in config.front:
        name, values = parse(text)
        if name == "conv1d":
            channels, kernel_size, padding = values
            layers.append(Conv2d(shape, channels, (1, kernel_size), (0, padding)))  # a row is an image of height 1
        elif name == "conv2d":
            channels, kernel_size, padding = values
            layers.append(Conv2d(shape, channels, (kernel_size, kernel_size), (padding, padding)))
        elif name == "maxpool2d":
            layers.append(MaxPool2d(shape, *values))
        elif name == "dropout":
            layers.append(Dropout(*values))
        elif name != "flatten":  # an image is a column of numbers already
            layers += activation(config, name)
        shape = getattr(layers[-1], "out_shape", shape) if layers else shape
    return layers


def activation(config: RunConfig, name: str) -> list[Activation]:
    """The layer of an activation function, with the slope that the config has for it."""
    slope = config.leaky_slope if ACTIVATIONS[name].with_slope else None
    return [] if ACTIVATIONS[name].function is identity else [Activation(name, slope)]


def operations(network: Network, n_examples: int, n_epochs: int) -> int:
    """Multiplications and additions of a training, about: for each epoch, example and use of a parameter two forward
    and four backward. A parameter of a convolution is used at every place of its output."""
    return 6 * n_epochs * n_examples * sum(uses_of(layer) for layer in network.layers)


def uses_of(layer: object) -> int:
    """How often an example meets a parameter of the layer on its way forward."""
    places = prod(layer.out_shape[1:]) if isinstance(layer, Conv2d) else 1
    return places * sum(prod(shape) for shape in layer.shapes.values())
