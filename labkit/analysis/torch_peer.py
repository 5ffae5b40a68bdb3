"""The same run in PyTorch: labkit's data, first weights and batches, and PyTorch's layers, loss, gradient and step.

Import this module only where PyTorch is installed; nothing else in labkit needs it. A run that is trained here is a
`Run` like any other, so the same figures and tables show it. It is trained each time it is asked for.
"""

import dataclasses

import numpy as np
import torch
from torch import nn

from ..errors import LabError, choice
from ..experiments.progress import Progress
from ..nn.activations import Array
from ..nn.layers import Activation, Linear
from ..nn.network import Network
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.run import Run, dataset_of
from ..training.stack import Stack

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
    """One run whose steps PyTorch takes, on one thread."""

    def __init__(self, configs: list[RunConfig], *more):
        (config,) = configs
        choice("optimizer in PyTorch", config.optimizer, OPTIMIZERS)
        super().__init__(configs, *more)
        torch.set_num_threads(1)  # as labkit has one
        self.module = module_of(self.network, self.w[0])
        self.torch_loss = LOSSES[config.loss]
        self.torch_optimizer = OPTIMIZERS[config.optimizer](self.module.parameters(), config)

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


def train(config: RunConfig, scale: float = 1.0) -> Run:
    """Train a run in PyTorch. `scale` multiplies the inputs.

    Stop rules, validation and the results of the final weights are labkit's.
    """
    data = dataset_of(config)
    if scale != 1:
        data = dataclasses.replace(data, x=data.x * np.asarray(scale, data.x.dtype))
    with quiet_single_thread():
        (run,) = TorchStack([config], data, Progress(config.n_epochs).add).train()
    return run
