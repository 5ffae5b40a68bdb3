"""R4: a 10-10 network with half the MSE on linear and xor; two rates, two widths, no activation."""

import numpy as np

from ..analysis.comparisons import dearer, pairs
from ..data.sources import load_dataset
from .judge import entry
from .plan import Entries, Plan


def entries(plan: Plan) -> Entries:
    """The verdicts on every entry of R4."""
    linear, xor = plan.run("R4.linear.loss", plan.many), plan.run("R4.xor.loss", plan.many)
    clear = ("on points with a wide gap", plan.run("R4.linear.loss", sorted(range(100), key=gap)[-10:]))
    rates, widths = plan.run("R4.lr"), plan.run("R4.hidden")
    slow = pairs(rates, {"lr": 0.01}, {"lr": 0.1})
    unfinished = [a.results["train_loss"] > 10 * b.results["train_loss"] for a, b in slow]
    wider = pairs(widths, {"hidden_sizes": (100, 100)}, {"hidden_sizes": (10, 10)})
    found = {}
    for name, study, condition in (("linear", linear, clear), ("xor", xor, None)):
        found |= entry(f"R4.{name}.loss", study, condition=condition)
        found |= entry(f"R4.{name}.trace", study, condition=condition)
    found |= entry("R4.lr", rates, unfinished=unfinished) | entry("R4.hidden", widths, dearer=dearer(wider))
    return found | entry("R4.no_activation", plan.run("R4.no_activation"))


def gap(seed: int) -> float:
    """How wide the points of linear leave the line free: the mean of |x1 - x2| over the five points nearest to it."""
    points, _ = load_dataset("linear", 100, seed=seed).train
    return float(np.sort(np.abs(points[:, 0] - points[:, 1]))[:5].mean())
