"""PyTorch's torch.func: the runs' modules are stacked, gradients are vmap(grad(functional_call))."""

import torch
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

from .torch_eager import LOSSES, fits, module_of
from .work import Array, Work

__all__ = ["NAME", "STACKS", "fits", "prepare"]
NAME = "torch.func"
STACKS = True


def prepare(work: Work, n_runs: int, n_epochs: int):
    modules = [module_of(work, work.start(seed)) for seed in range(n_runs)]
    start, _ = stack_module_state(modules)
    x, y = torch.from_numpy(work.x), torch.from_numpy(work.y)
    orders = torch.stack([torch.from_numpy(work.order(seed, n_epochs).copy()) for seed in range(n_runs)])
    mini, n_steps = work.config.batch_size is not None, orders.shape[1] // n_epochs
    loss_function, lr, momentum = LOSSES[work.config.loss], work.config.lr, work.momentum

    def loss_of(params: dict, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return loss_function(functional_call(modules[0], params, (x,)), y)

    gradients = vmap(grad_and_value(loss_of), in_dims=(0, 0, 0) if mini else (0, None, None))

    @torch.no_grad()
    def train() -> Array:
        params = {name: p.detach().clone() for name, p in start.items()}
        velocities = {name: torch.zeros_like(p) for name, p in params.items()}
        for epoch in range(n_epochs):
            total = 0.0
            for step in range(epoch * n_steps, (epoch + 1) * n_steps):
                batch = orders[:, step]
                xb, yb = (x[batch], y[batch]) if mini else (x, y)
                grads, losses = gradients(params, xb, yb)
                for name, g in grads.items():
                    if momentum:
                        g = velocities[name].mul_(momentum).add_(g)
                    params[name].sub_(g, alpha=lr)
                total = total + losses / n_steps
        return total.numpy()

    return train
