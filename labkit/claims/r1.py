"""R1: a 10-10 network trained for long at a small rate; rates, widths, no activation, momentum, ReLU."""

import numpy as np

from ..analysis.comparisons import first_epoch, lower, pairs
from ..experiments.study import Study
from ..nn.activations import relu, relu_derivative
from .judge import judge, judge_statement
from .plan import Entries, Plan


def entries(plan: Plan) -> Entries:
    """The verdicts on every entry of R1."""
    linear, xor = plan.run("R1.linear.loss", plan.many), plan.run("R1.xor.loss", plan.many)
    found = {name: judge(name, linear) for name in ("R1.linear.loss", "R1.linear.trace")}
    descents = [first_epoch(run, 0.2) for run in xor.members]
    plateau = judge_statement("R1.xor.loss", "plateau", [25_000 <= epoch <= 100_000 for epoch in descents])
    found["R1.xor.loss"] = [*judge("R1.xor.loss", xor), plateau]
    return found | settings(plan) | methods(plan, linear)


def settings(plan: Plan) -> Entries:
    discussed = ("at 10, as discussed", plan.run("R1.linear.loss", lr=10.0))
    faster = ("at ten times the rate", plan.run("R1.no_activation", lr=0.1))
    return {
        "R1.lr": judge("R1.lr", plan.run("R1.lr"), condition=discussed),
        "R1.hidden": judge("R1.hidden", plan.run("R1.hidden")),
        "R1.no_activation": judge("R1.no_activation", plan.run("R1.no_activation"), condition=faster),
    }


def methods(plan: Plan, plain: Study) -> Entries:
    both = Study(plan.run("R1.momentum").members + plain.members, ["optimizer"], 0)
    works = lower(pairs(both, {"optimizer": "momentum"}, {"optimizer": "gd"}))
    z, h = np.random.default_rng(0).standard_normal(1000), 1e-6
    slopes = (relu(z + h) - relu(z - h)) / (2 * h)
    same = np.isclose(relu_derivative(relu(z)), slopes)
    return {
        "R1.momentum": [judge_statement("R1.momentum", "works", works)],
        "R1.relu": [judge_statement("R1.relu", "derivative", same)],
    }
