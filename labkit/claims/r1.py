"""R1: a 10-10 network trained for long at a small rate; rates, widths, no activation, momentum, ReLU."""

import numpy as np

from ..analysis.comparisons import lower, pairs
from ..experiments.study import Study
from ..nn.activations import relu, relu_derivative
from ..tables.comparison import epochs_to
from .judge import entry
from .plan import Entries, Plan


def entries(plan: Plan) -> Entries:
    """The verdicts on every entry of R1."""
    linear, xor = plan.run("R1.linear.loss", plan.many), plan.run("R1.xor.loss", plan.many)
    plateau = [25_000 <= epochs_to(run, 0.2) <= 100_000 for run in xor.members]
    discussed = ("at 10, as discussed", plan.run("R1.linear.loss", lr=10.0))
    faster = ("at ten times the rate", plan.run("R1.no_activation", lr=0.1))
    found = entry("R1.linear.loss", linear) | entry("R1.linear.trace", linear)
    found |= entry("R1.xor.loss", xor, plateau=plateau)
    found |= entry("R1.lr", plan.run("R1.lr"), condition=discussed)
    found |= entry("R1.hidden", plan.run("R1.hidden"))
    found |= entry("R1.no_activation", plan.run("R1.no_activation"), condition=faster)
    return found | methods(plan, linear)


def methods(plan: Plan, plain: Study) -> Entries:
    both = Study(plan.run("R1.momentum").members + plain.members, ["optimizer"], 0)
    works = lower(pairs(both, {"optimizer": "momentum"}, {"optimizer": "gd"}))
    z, h = np.random.default_rng(0).standard_normal(1000), 1e-6
    slopes = (relu(z + h) - relu(z - h)) / (2 * h)
    return entry("R1.momentum", works=works) | entry("R1.relu", derivative=np.isclose(relu_derivative(relu(z)), slopes))
