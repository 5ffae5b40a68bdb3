"""R0: a 4-4 network on linear and a 100-100 network on xor; rates, widths, activations, momentum, a convolution.

No verdict is taken from seconds. Of two widths the operations of an epoch are compared; of two activations these are
equal, since they are the products with the weights, and which epoch is cheaper cannot be tested.
"""

import numpy as np

from ..analysis.comparisons import dearer, first_epoch, lower, pairs, smoother, sooner
from ..analysis.units import unit_states
from ..experiments.study import Study
from .judge import judge, judge_statement, untested
from .plan import TIME, Entries, Plan


def entries(plan: Plan) -> Entries:
    """The verdicts on every entry of R0."""
    xor = plan.run("R0.xor.accuracy", plan.many)
    return results(plan, xor) | rates(plan) | widths(plan) | activations(plan, xor) | leaky(plan) | extras(plan)


def results(plan: Plan, xor: Study) -> Entries:
    linear = plan.run("R0.linear.loss", plan.many)
    found = {name: judge(name, linear) for name in ("R0.linear.loss", "R0.linear.trace")}
    return found | {"R0.xor.accuracy": judge("R0.xor.accuracy", xor)}


def rates(plan: Plan) -> Entries:
    linear, xor = plan.run("R0.lr.linear"), plan.run("R0.lr.xor")
    small = [run.results["train_loss"] < plan.target for run in linear.members]
    faster = sooner(pairs(linear, {"lr": 1.0}, {"lr": 0.05}), plan.target)
    faster_xor = sooner(pairs(xor, {"lr": 0.1}, {"lr": 0.01}), plan.target)
    return {
        "R0.lr.linear": [
            judge_statement("R0.lr.linear", "small", small),
            judge_statement("R0.lr.linear", "faster", faster),
        ],
        "R0.lr.xor": [*judge("R0.lr.xor", xor), judge_statement("R0.lr.xor", "faster", faster_xor)],
    }


def widths(plan: Plan) -> Entries:
    linear, name = plan.run("R0.hidden.linear"), "R0.hidden.linear"
    wider = pairs(linear, {"hidden_sizes": (20, 20)}, {"hidden_sizes": (4, 4)})
    faster = judge_statement(name, "faster", sooner(wider, plan.target))
    return {
        name: [*judge(name, linear), faster, judge_statement(name, "dearer", dearer(wider))],
        "R0.hidden.xor": judge("R0.hidden.xor", plan.run("R0.hidden.xor")),
    }


def activations(plan: Plan, xor: Study) -> Entries:
    none = {"activation": "identity"}
    linear, flat = plan.run("R0.linear.loss", **none), plan.run("R0.xor.accuracy", **none)
    well = [run.results["val_accuracy"] > 0.95 for run in linear.members]
    badly = [run.results["train_accuracy"] < 0.8 for run in flat.members]
    found = {
        "R0.no_activation": [
            judge_statement("R0.no_activation", "linear", well),
            judge_statement("R0.no_activation", "xor", badly),
        ]
    }
    relu = plan.run("R0.relu")
    both = Study(relu.members + xor.members, ["activation", "init"], 0)  # each with the weights that suit it
    to_relu = pairs(both, {"activation": "relu"}, {"activation": "sigmoid", "init": "normal"})
    to_tanh = pairs(plan.run("R0.tanh"), {"activation": "tanh"}, {"activation": "sigmoid"})
    for name, compared in (("R0.relu", to_relu), ("R0.tanh", to_tanh)):
        faster = judge_statement(name, "faster", sooner(compared, plan.target))
        found[name] = [faster, judge_statement(name, "lower", lower(compared))]
    found["R0.relu"].append(untested("R0.relu", "cheaper", TIME))
    return found


def leaky(plan: Plan) -> Entries:
    name = "R0.leaky_relu"
    both = pairs(plan.run(name), {"activation": "leaky_relu"}, {"activation": "relu"})
    ends = [[first_epoch(run, plan.target) for run in pair] for pair in both]
    same = [abs(np.log(a / b)) < 0.1 for a, b in ends if max(a, b) < np.inf]
    untrained = plan.run("R0.relu", n_epochs=0, activation="relu")
    alive = [unit_states(run).n_dead.sum() == 0 for run in untrained.members]
    return {name: [judge_statement(name, "same", same), judge_statement(name, "dead", alive)]}


def extras(plan: Plan) -> Entries:
    ema, gd = {"optimizer": "momentum_ema"}, {"optimizer": "gd"}
    times = pairs(plan.run("R0.momentum", loss_target=plan.target), ema, gd)
    times = [[first_epoch(run, plan.target) for run in pair] for pair in times]
    alike = [abs(np.log(a / b)) < np.log(1.25) for a, b in times if max(a, b) < np.inf]
    smooth = smoother(pairs(plan.run("R0.momentum", n_epochs=1000), ema, gd))
    without = pairs(plan.run("R0.conv", plan.many), {"front": ()}, {"front": ("conv1d(1, 3, 1)",)})
    helps = lower([(b, a) for a, b in without])
    return {
        "R0.momentum": [
            judge_statement("R0.momentum", "speed", alike),
            judge_statement("R0.momentum", "smooth", smooth),
        ],
        "R0.conv": [
            judge_statement("R0.conv", "benefit", [not better for better in helps]),
            judge_statement("R0.conv", "slower", sooner(without, plan.target)),
        ],
    }
