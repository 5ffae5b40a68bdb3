"""R0: a 4-4 network on linear and a 100-100 network on xor; rates, widths, activations, momentum, a convolution.

No verdict is taken from seconds. Of two widths the operations of an epoch are compared; of two activations these are
equal, since they are the products with the weights, and which epoch is cheaper cannot be tested.
"""

import numpy as np

from ..analysis.comparisons import Pairs, dearer, lower, pairs, smoother, sooner
from ..analysis.saturation import dead_units
from ..experiments.study import Study
from ..tables.comparison import epochs_to
from .judge import Verdict, judge
from .plan import TIME, Plan


def verdicts(plan: Plan) -> list[Verdict]:
    """The verdicts on every claim of R0."""
    linear, xor = plan.run("R0.linear.loss", plan.many), plan.run("R0.xor.accuracy", plan.many)
    found = judge("R0.linear.loss", linear) + judge("R0.linear.trace", linear)
    found += judge("R0.xor.accuracy", xor) + judge("R0.xor.predictions", xor)
    return found + rates(plan) + widths(plan) + activations(plan, xor) + leaky(plan) + extras(plan)


def rates(plan: Plan) -> list[Verdict]:
    linear, xor = plan.run("R0.lr.linear", plan.few), plan.run("R0.lr.xor", plan.many)
    small = [run.results["train_loss"] < plan.target for run in linear.members]
    faster = sooner(pairs(linear, {"lr": 1.0}, {"lr": 0.05}), plan.target)
    faster_xor = sooner(pairs(xor, {"lr": 0.1}, {"lr": 0.01}), plan.target)
    return judge("R0.lr.linear", small=small, faster=faster) + judge("R0.lr.xor", xor, faster=faster_xor)


def widths(plan: Plan) -> list[Verdict]:
    linear = plan.run("R0.hidden.linear", plan.enough)
    wider = pairs(linear, {"hidden_sizes": (20, 20)}, {"hidden_sizes": (4, 4)})
    found = judge("R0.hidden.linear", linear, faster=sooner(wider, plan.target), dearer=dearer(wider))
    return found + judge("R0.hidden.xor", plan.run("R0.hidden.xor", plan.many))


def activations(plan: Plan, xor: Study) -> list[Verdict]:
    names = ("R0.linear.loss", "R0.xor.accuracy")
    linear, flat = (plan.run(name, plan.few, activation="identity") for name in names)
    well = [run.results["val_accuracy"] > 0.95 for run in linear.members]
    badly = [run.results["train_accuracy"] < 0.8 for run in flat.members]
    both = Study(plan.run("R0.relu", plan.few).members + xor.members, ["activation", "init"], 0)
    relu = pairs(both, {"activation": "relu"}, {"activation": "sigmoid", "init": "normal"})  # weights that suit each
    tanh = pairs(plan.run("R0.tanh", plan.few), {"activation": "tanh"}, {"activation": "sigmoid"})
    found = judge("R0.no_activation", linear=well, xor=badly)
    found += judge("R0.relu", faster=sooner(relu, plan.target), lower=lower(relu), cheaper=TIME)
    return found + judge("R0.tanh", faster=sooner(tanh, plan.target), lower=lower(tanh))


def leaky(plan: Plan) -> list[Verdict]:
    both = pairs(plan.run("R0.leaky_relu", plan.few), {"activation": "leaky_relu"}, {"activation": "relu"})
    untrained = plan.run("R0.relu", plan.few, n_epochs=0, activation="relu")
    alive = [not any(dead_units(run, layer).any() for layer in (1, 2)) for run in untrained.members]
    return judge("R0.leaky_relu", same=alike(both, plan.target, 0.1), dead=alive)


def extras(plan: Plan) -> list[Verdict]:
    ema, gd = {"optimizer": "momentum_ema"}, {"optimizer": "gd"}
    times = pairs(plan.run("R0.momentum", plan.few, loss_target=plan.target), ema, gd)
    smooth = smoother(pairs(plan.run("R0.momentum", plan.few, n_epochs=1000), ema, gd))
    without = pairs(plan.run("R0.conv", plan.few), {"front": ()}, {"front": ("conv1d(1, 3, 1)",)})
    no_benefit = [not better for better in lower([(b, a) for a, b in without])]
    found = judge("R0.momentum", speed=alike(times, plan.target, np.log(1.25)), smooth=smooth)
    return found + judge("R0.conv", benefit=no_benefit, slower=sooner(without, plan.target))


def alike(found: Pairs, target: float, within: float) -> list[bool]:
    """Whether both runs of a pair come to a loss in epochs whose logarithms differ by less than this."""
    epochs = [[epochs_to(run, target) for run in pair] for pair in found]
    return [abs(np.log(a / b)) < within for a, b in epochs if max(a, b) < np.inf]
