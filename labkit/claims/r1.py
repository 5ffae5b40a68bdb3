"""R1: a 10-10 network trained for long at a small rate; rates, widths, no activation, momentum, ReLU."""

import numpy as np

from ..analysis.comparisons import lower, pairs
from ..experiments.study import Study
from ..nn.activations import relu, relu_derivative
from ..tables.comparison import epochs_to
from .judge import Verdict, judge
from .plan import Plan


def verdicts(plan: Plan) -> list[Verdict]:
    """The verdicts on every claim of R1."""
    linear, xor = plan.run("R1.linear.loss", plan.many), plan.run("R1.xor.loss", plan.many)
    plateau = [25_000 <= epochs_to(run, 0.2) <= 100_000 for run in xor.members]
    discussed = {"at 10, the rate of its discussion": plan.run("R1.linear.loss", plan.enough, lr=10.0)}
    found = judge("R1.linear.loss", linear) + judge("R1.linear.trace", linear)
    found += judge("R1.xor.loss", xor, plateau=plateau)
    found += judge("R1.lr", plan.run("R1.lr", plan.many), discussed)
    found += judge("R1.hidden", plan.run("R1.hidden", plan.many))
    found += judge("R1.no_activation", plan.run("R1.no_activation", plan.many))
    return found + methods(plan, linear)


def methods(plan: Plan, plain: Study) -> list[Verdict]:
    both = Study(plan.run("R1.momentum", plan.few).members + plain.members, ["optimizer"], 0)
    works = lower(pairs(both, {"optimizer": "momentum"}, {"optimizer": "gd"}))
    z, h = np.random.default_rng(0).standard_normal(1000), 1e-6
    slopes = (relu(z + h) - relu(z - h)) / (2 * h)
    return judge("R1.momentum", works=works) + judge("R1.relu", derivative=np.isclose(relu_derivative(relu(z)), slopes))
