"""The same run in PyTorch: labkit's data, first weights and batches, and PyTorch's layers, loss, gradient and step.

Import this module only where PyTorch is installed; nothing else in labkit needs it. A run that is trained here is a
`Run` like any other, so the same figures and tables show it, and it is kept in the same cache.
"""

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from ..data.dataset import Dataset
from ..errors import LabError, choice
from ..experiments.arithmetic import quiet_single_thread
from ..experiments.cache import cache_folder, engine_version, load_run, run_key, save_run
from ..experiments.config import RunConfig
from ..experiments.progress import Progress
from ..experiments.run import Run, dataset_of
from ..experiments.training import Stack, train_one
from ..nn import losses
from ..nn.activations import Array
from ..nn.layers import Activation, Linear
from ..nn.network import Network
from .steps import Step

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
    """The same layers with the same weights, flat (P,). Raises LabError for a layer that has no counterpart here."""
    layers = []
    for layer, params in zip(network.layers, network.views(flat), strict=True):
        if isinstance(layer, Linear):
            layers.append(nn.Linear(layer.n_in, layer.n_out, dtype=torch.from_numpy(flat).dtype))
            with torch.no_grad():
                layers[-1].weight.copy_(torch.from_numpy(params["W"]))
                layers[-1].bias.copy_(torch.from_numpy(params["b"][:, 0]))
        elif isinstance(layer, Activation) and layer.name in ACTIVATIONS:
            layers.append(ACTIVATIONS[layer.name]())
        else:
            raise LabError(f"layer must be linear or one of {', '.join(ACTIVATIONS)} for PyTorch; got {layer.name!r}")
    return nn.Sequential(*layers)


class Peer:
    """One run in PyTorch on one thread. `shuffle=False` takes the batches of the first epoch in every epoch."""

    def __init__(self, config: RunConfig, data: Dataset | None = None, shuffle: bool = True):
        choice("optimizer in PyTorch", config.optimizer, OPTIMIZERS)
        torch.set_num_threads(1)  # as labkit has one
        self.stack = Stack([config], Progress(f"torch {config.key()[:12]}", config.n_epochs), data)
        self.module = module_of(self.stack.network, self.stack.w[0])
        self.loss = LOSSES[config.loss]
        self.optimizer = OPTIMIZERS[config.optimizer](self.module.parameters(), config)
        self.fixed = None if shuffle else list(self.stack.batches())

    def steps(self) -> Iterator[tuple[float, float, float]]:
        """One epoch: of every step the share of the examples, the loss and the accuracy before the update."""
        for x, y in self.fixed or self.stack.batches():
            x, y = (torch.tensor(part.reshape(part.shape[-2:]).T) for part in (x, y))  # data are read-only
            self.optimizer.zero_grad()
            output = self.module(x)
            loss = self.loss(output, y)
            loss.backward()
            self.optimizer.step()
            yield len(x) / self.stack.x.shape[-2], loss.item(), self.accuracy(output, y)

    def flat(self, of: Callable[[nn.Parameter], torch.Tensor]) -> Array:
        """The parameters, or their gradients, in labkit's order, (P,)."""
        return torch.cat([of(p).detach().flatten() for p in self.module.parameters()]).numpy()

    def validate(self) -> tuple[float, float]:
        """Loss and accuracy on the validation set, nan where there is none."""
        x, y = (torch.tensor(part) for part in (self.stack.x_val, self.stack.y_val))
        if not len(x):
            return np.nan, np.nan
        with torch.no_grad():
            output = self.module(x)
            return self.loss(output, y).item(), self.accuracy(output, y)

    def accuracy(self, output: torch.Tensor, y: torch.Tensor) -> float:
        """The fraction of right labels; a single output says 1 from a probability of 0.5 on."""
        if y.shape[1] > 1:
            right = output.argmax(dim=1) == y.argmax(dim=1)
        else:
            right = (output >= (0.5 if losses.LOSSES[self.stack.config.loss].applies is None else 0.0)) == (y >= 0.5)
        return right.double().mean().item()


def steps(config: RunConfig) -> Iterator[Step]:
    """Every step of one run, as `steps.steps` has them."""
    peer = Peer(config)
    for _ in range(config.n_epochs):
        for _, loss, _ in peer.steps():
            yield Step(loss, peer.flat(lambda p: p.grad), peer.flat(lambda p: p))


def train(config: RunConfig, scale: float = 1.0, shuffle: bool = True) -> Run:
    """Train a run in PyTorch, without stop rules, or take it from the cache. `scale` multiplies the inputs.

    The history has every epoch, with the columns of `Run`; the results of the final weights are labkit's evaluation.
    """
    return kept(lambda: trained(config, scale, shuffle), config, scale, shuffle)


def alone(config: RunConfig) -> Run:
    """The same run in labkit. A run of a study may share its time with others of its stack; this one had it alone."""
    return kept(lambda: train_one(config), config, "labkit")


def kept(make: Callable[[], Run], config: RunConfig, *more: object) -> Run:
    """The run from the cache, or made and kept: its name covers all it depends on, this file and PyTorch included."""
    words = (run_key(config), engine_version(), torch.__version__, Path(__file__).read_text(encoding="utf-8"))
    path = cache_folder() / "torch" / f"{hashlib.sha256(repr((*words, *more)).encode()).hexdigest()}.npz"
    try:
        return load_run(path)
    except LabError:
        run = make()
    with suppress(LabError):  # a cache that cannot be written costs the cache, not the run
        save_run(run, path)
    return run


def trained(config: RunConfig, scale: float, shuffle: bool) -> Run:
    peer = Peer(config, scaled(dataset_of(config), scale), shuffle)
    rows, stopped, started = [], "n_epochs", time.perf_counter()
    for epoch in range(1, config.n_epochs + 1):
        share, loss, right = np.array(list(peer.steps())).T
        rows.append((epoch, share @ loss, share @ right, *peer.validate()))
        peer.stack.progress.add(1)
        if not np.isfinite(share @ loss):
            stopped = "diverged"
            break
    seconds = time.perf_counter() - started
    peer.stack.progress.add(config.n_epochs - len(rows), now=True)
    columns = ["epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy"]
    flat = peer.flat(lambda p: p)
    with quiet_single_thread():
        results = peer.stack.final(flat, 0)
    history = pd.DataFrame(rows, columns=columns)
    return Run(config, peer.stack.network, flat, history, results, len(rows), stopped, seconds)


def scaled(data: Dataset, scale: float) -> Dataset:
    return data if scale == 1 else dataclasses.replace(data, x=data.x * np.asarray(scale, data.x.dtype))
