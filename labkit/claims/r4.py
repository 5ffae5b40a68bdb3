"""R4: a 10-10 network with half the MSE on linear and xor; two rates, two widths, no activation."""

import numpy as np

from ..analysis.comparisons import dearer, pairs
from ..data.sources import load_dataset
from .judge import Verdict, judge
from .plan import Plan


def verdicts(plan: Plan) -> list[Verdict]:
    """The verdicts on every claim of R4."""
    linear, xor = plan.run("R4.linear.loss", plan.many), plan.run("R4.xor.loss", plan.many)
    n = len(plan.enough)
    clear = {"on points with a wide gap": plan.run("R4.linear.loss", sorted(range(10 * n), key=gap)[-n:])}
    rates, widths = plan.run("R4.lr", plan.many), plan.run("R4.hidden", plan.many)
    slow = pairs(rates, {"lr": 0.01}, {"lr": 0.1})
    unfinished = [a.results["train_loss"] > 10 * b.results["train_loss"] for a, b in slow]
    wider = pairs(widths, {"hidden_sizes": (100, 100)}, {"hidden_sizes": (10, 10)})
    found = judge("R4.linear.loss", linear, clear) + judge("R4.linear.trace", linear, clear)
    found += judge("R4.xor.loss", xor) + judge("R4.xor.trace", xor)
    found += judge("R4.lr", rates, unfinished=unfinished) + judge("R4.hidden", widths, dearer=dearer(wider))
    return found + judge("R4.no_activation", plan.run("R4.no_activation", plan.many))


def gap(seed: int) -> float:
    """How wide the points of linear leave the line free: the mean of |x1 - x2| over the five points nearest to it."""
    points, _ = load_dataset("linear", 100, seed=seed).train
    return float(np.sort(np.abs(points[:, 0] - points[:, 1]))[:5].mean())
