"""R4: a 10-10 network with half the MSE on linear and xor; two rates, two widths, no activation."""

import numpy as np

from ..analysis.comparisons import dearer, pairs
from ..data.sources import load_dataset
from .judge import judge, judge_statement
from .plan import Entries, Plan


def entries(plan: Plan) -> Entries:
    """The verdicts on every entry of R4."""
    linear, xor = plan.run("R4.linear.loss", plan.many), plan.run("R4.xor.loss", plan.many)
    widest = sorted(range(100), key=gap)[-10:]
    clear = ("on points with a wide gap", plan.run("R4.linear.loss", widest))
    found = {name: judge(name, linear, condition=clear) for name in ("R4.linear.loss", "R4.linear.trace")}
    found |= {name: judge(name, xor) for name in ("R4.xor.loss", "R4.xor.trace")}
    found |= {"R4.no_activation": judge("R4.no_activation", plan.run("R4.no_activation"))}
    return found | rates(plan) | widths(plan)


def rates(plan: Plan) -> Entries:
    study = plan.run("R4.lr")
    slow = pairs(study, {"lr": 0.01}, {"lr": 0.1})
    unfinished = [a.results["train_loss"] > 10 * b.results["train_loss"] for a, b in slow]
    return {"R4.lr": [*judge("R4.lr", study), judge_statement("R4.lr", "unfinished", unfinished)]}


def widths(plan: Plan) -> Entries:
    study = plan.run("R4.hidden")
    wider = pairs(study, {"hidden_sizes": (100, 100)}, {"hidden_sizes": (10, 10)})
    return {"R4.hidden": [*judge("R4.hidden", study), judge_statement("R4.hidden", "dearer", dearer(wider))]}


def gap(seed: int) -> float:
    """How wide the points of linear leave the line free: the mean of |x1 - x2| over the five points nearest to it."""
    points, _ = load_dataset("linear", 100, seed=seed).train
    return float(np.sort(np.abs(points[:, 0] - points[:, 1]))[:5].mean())
