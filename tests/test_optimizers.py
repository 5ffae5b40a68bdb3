"""Five steps of every optimizer against PyTorch, which writes the same formulas its own way."""

import numpy as np
import pytest

from labkit.nn.optimizers import HYPERPARAMETERS, OPTIMIZERS, Optimizer

VALUES = {"lr": 0.05, "momentum": 0.8, "beta1": 0.85, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1}


def five_steps(name: str, decay: bool) -> list[np.ndarray]:
    """The weights after each of five steps down f(w) = Σ w⁴/4 + sin w, from a fixed start."""
    w = np.linspace(-2, 2, 9)[None]
    settings = {k: np.array([[VALUES[k]]]) for k in HYPERPARAMETERS}
    optimizer = Optimizer(name, **settings if decay else settings | {"weight_decay": 0.0})
    seen = []
    for _ in range(5):
        optimizer.step(w, w**3 + np.cos(w))
        seen.append(w[0].copy())
    return seen


def torch_optimizer(torch, name: str, w, decay: bool):
    lr, beta, eps = VALUES["lr"], VALUES["momentum"], VALUES["eps"]
    wd = {"weight_decay": VALUES["weight_decay"] if decay else 0.0}
    betas = (VALUES["beta1"], VALUES["beta2"])
    return {
        "gd": lambda: torch.optim.SGD([w], lr, **wd),
        "sgd": lambda: torch.optim.SGD([w], lr, **wd),
        "momentum": lambda: torch.optim.SGD([w], lr, momentum=beta, **wd),
        # with dampening β, PyTorch averages (1 - β) g as R0 does, but takes the first gradient whole
        "momentum_ema": lambda: torch.optim.SGD([w], lr, momentum=beta, dampening=beta, **wd),
        "nesterov": lambda: torch.optim.SGD([w], lr, momentum=beta, nesterov=True, **wd),
        "adagrad": lambda: torch.optim.Adagrad([w], lr, eps=eps, **wd),
        "rmsprop": lambda: torch.optim.RMSprop([w], lr, alpha=VALUES["beta2"], eps=eps, **wd),
        "adam": lambda: torch.optim.Adam([w], lr, betas=betas, eps=eps, **wd),
        "adamw": lambda: torch.optim.AdamW([w], lr, betas=betas, eps=eps, **wd),
    }[name]()


@pytest.mark.parametrize("decay", [False, True], ids=["plain", "weight decay"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_against_torch(name, decay):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    w = torch.tensor(np.linspace(-2, 2, 9), requires_grad=True)
    optimizer = torch_optimizer(torch, name, w, decay)
    if name == "momentum_ema":  # start PyTorch's average at zero, as the formula does
        optimizer.state[w]["momentum_buffer"] = torch.zeros_like(w)
    for ours in five_steps(name, decay):
        optimizer.zero_grad()
        (w**4 / 4 + torch.sin(w)).sum().backward()
        optimizer.step()
        np.testing.assert_allclose(ours, w.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_the_two_momentum_forms_differ_by_the_factor_of_the_rate():
    """v = βv + (1 - β)g with rate lr is v = βv - lr g with rate lr (1 - β)."""
    w = np.ones((1, 1)), np.ones((1, 1))
    both = Optimizer("momentum_ema", lr=0.1, momentum=0.9), Optimizer("momentum", lr=0.1 * (1 - 0.9), momentum=0.9)
    for _ in range(19):
        for weight, optimizer in zip(w, both, strict=True):
            optimizer.step(weight, weight.copy())
        np.testing.assert_allclose(w[0], w[1], rtol=1e-12)


def test_r1_momentum_by_hand():
    """R1: v ← 0.9 v - lr g, w ← w + v, on f(w) = w²/2: two steps worked out on paper."""
    w, optimizer = np.array([[1.0]]), Optimizer("momentum", lr=0.1, momentum=0.9)
    for expected in (0.9, 0.9 + 0.9 * -0.1 - 0.1 * 0.9):
        optimizer.step(w, w.copy())
        assert w[0, 0] == pytest.approx(expected, rel=1e-12)
