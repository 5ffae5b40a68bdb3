"""PyTorch, the usual loop: a module, zero_grad, backward, step; one run after the other."""

import numpy as np
import torch
from torch import nn

from .work import Array, Weights, Work

NAME = "PyTorch"
STACKS = False
LOSSES = {
    "mse": nn.functional.mse_loss,
    "binary_cross_entropy": nn.functional.binary_cross_entropy_with_logits,
    "cross_entropy": nn.functional.cross_entropy,
}


def fits(work: Work) -> bool:
    torch.set_num_threads(1)
    return True


def module_of(work: Work, start: Weights) -> nn.Module:
    """The network of a work with these weights; a cross-entropy takes its logits."""
    layers = []
    for W, b in start:
        linear = nn.Linear(W.shape[1], W.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W))
            linear.bias.copy_(torch.from_numpy(b))
        layers += [linear, nn.ReLU() if work.config.activation == "relu" else nn.Sigmoid()]
    return nn.Sequential(*(layers if work.config.loss == "mse" else layers[:-1]))


def train_run(work: Work, start: Weights, order: torch.Tensor, n_epochs: int) -> float:
    x, y = torch.from_numpy(work.x), torch.from_numpy(work.y)
    module, loss_function = module_of(work, start), LOSSES[work.config.loss]
    optimizer = torch.optim.SGD(module.parameters(), lr=work.config.lr, momentum=work.momentum)
    n_steps = len(order) // n_epochs
    for epoch in range(n_epochs):
        total = 0.0
        for batch in order[epoch * n_steps : (epoch + 1) * n_steps]:
            xb, yb = (x, y) if work.config.batch_size is None else (x[batch], y[batch])
            optimizer.zero_grad()
            loss = loss_function(module(xb), yb)
            loss.backward()
            optimizer.step()
            total += loss.item() / n_steps
    return total


def prepare(work: Work, n_runs: int, n_epochs: int):
    runs = [(work.start(seed), torch.from_numpy(work.order(seed, n_epochs).copy())) for seed in range(n_runs)]

    def train() -> Array:
        return np.array([train_run(work, start, order, n_epochs) for start, order in runs])

    return train
