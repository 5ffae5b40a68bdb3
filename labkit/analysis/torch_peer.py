"""The same run in PyTorch: labkit's data, first weights and batches, and PyTorch's layers, loss, gradient and step.

Import this module only where PyTorch is installed; nothing else in labkit needs it. A run that is trained here is a
`Run` like any other, so the same figures and tables show it, and it is kept in the same cache.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..errors import LabError, choice
from ..experiments.progress import Progress
from ..experiments.study import train_one
from ..nn.activations import Array
from ..nn.layers import Activation, Linear
from ..nn.network import Network
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.run import Run, dataset_of
from ..training.stack import Stack
from .kept import kept

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "silu": nn.SiLU}
LOSSES = {
    "mse": nn.functional.mse_loss,
    "half_mse": lambda output, y: nn.functional.mse_loss(output, y) / 2,
    "binary_cross_entropy": nn.functional.binary_cross_entropy_with_logits,
    "cross_entropy": nn.functional.cross_entropy,
}
OPTIMIZERS = {
    "gd": lambda p, c: torch.optim.SGD(p, c.lr, weight_decay=c.weight_decay),
    "momentum": lambda p, c: torch.optim.SGD(p, c.lr, c.momentum, weight_decay=c.weight_decay),
    "nesterov": lambda p, c: torch.optim.SGD(p, c.lr, c.momentum, weight_decay=c.weight_decay, nesterov=True),
    "rmsprop": lambda p, c: torch.optim.RMSprop(p, c.lr, c.beta2, c.eps, c.weight_decay),
    "adam": lambda p, c: torch.optim.Adam(p, c.lr, (c.beta1, c.beta2), c.eps, c.weight_decay),
}
WAY = torch.__version__, Path(__file__).read_text(encoding="utf-8")  # what a run depends on, beside its config


def module_of(network: Network, flat: Array) -> nn.Sequential:
    """The same layers, with the weights flat (P,) in the same memory: a step of PyTorch's changes these.

    Raises LabError for a layer that has no counterpart here.
    """
    layers = []
    for layer, params in zip(network.layers, network.views(flat), strict=True):
        if isinstance(layer, Linear):
            layers.append(nn.Linear(layer.n_in, layer.n_out))
            layers[-1].weight = nn.Parameter(torch.from_numpy(params["W"]))
            layers[-1].bias = nn.Parameter(torch.from_numpy(params["b"][:, 0]))
        elif isinstance(layer, Activation) and layer.name in ACTIVATIONS:
            layers.append(ACTIVATIONS[layer.name]())
        else:
            raise LabError(f"layer must be linear or one of {', '.join(ACTIVATIONS)} for PyTorch; got {layer.name!r}")
    return nn.Sequential(*layers)


class TorchStack(Stack):
    """One run whose steps PyTorch takes, on one thread. `shuffle=False` takes the batches of the first epoch in every
    epoch."""

    def __init__(self, configs: list[RunConfig], *more, shuffle: bool = True):
        (config,) = configs
        choice("optimizer in PyTorch", config.optimizer, OPTIMIZERS)
        super().__init__(configs, *more)
        torch.set_num_threads(1)  # as labkit has one
        self.module = module_of(self.network, self.w[0])
        self.torch_loss = LOSSES[config.loss]
        self.torch_optimizer = OPTIMIZERS[config.optimizer](self.module.parameters(), config)
        self.fixed = None if shuffle else list(super().batches())

    def batches(self) -> Iterator[tuple[Array, Array]]:
        """The training set once, as `Stack` has it."""
        return iter(self.fixed) if self.fixed else super().batches()

    def step(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """One update on columns x (..., D, B), y (..., K, B): loss (1,), output (1, K, B), gradient (1, P)."""
        x, y = (torch.tensor(part.reshape(part.shape[-2:]).T) for part in (x, y))  # data are read-only
        self.torch_optimizer.zero_grad()
        output = self.module(x)
        loss = self.torch_loss(output, y)
        loss.backward()
        self.torch_optimizer.step()
        gradient = torch.cat([p.grad.flatten() for p in self.module.parameters()])
        return np.array([loss.item()]), output.detach().numpy().T[None], gradient.numpy()[None]


def train(config: RunConfig, scale: float = 1.0, shuffle: bool = True) -> Run:
    """Train a run in PyTorch, or take it from the cache. `scale` multiplies the inputs.

    Stop rules, validation and the results of the final weights are labkit's.
    """
    return kept(lambda: trained(config, scale, shuffle), config, *WAY, scale, shuffle)


def alone(config: RunConfig) -> Run:
    """The same run in labkit. A run of a study may share its time with others of its stack; this one had it alone."""
    return kept(lambda: train_one(config), config, "alone")


def trained(config: RunConfig, scale: float, shuffle: bool) -> Run:
    data = dataset_of(config)
    if scale != 1:
        data = dataclasses.replace(data, x=data.x * np.asarray(scale, data.x.dtype))
    with quiet_single_thread():
        (run,) = TorchStack([config], data, Progress(config.n_epochs).add, shuffle=shuffle).train()
    return run
