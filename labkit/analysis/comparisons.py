"""Two settings against each other, run by run: pairs that agree in everything else, and what is true of how many."""

import numpy as np

from ..experiments.run import Run
from ..experiments.study import Study

Pairs = list[tuple[Run, Run]]


def pairs(study: Study, first: dict, second: dict) -> Pairs:
    """Runs with the settings `first`, each with the run that has the settings `second` and is like it in all others."""
    by_config = {run.config: run for run in study.members}
    found = [(run, by_config.get(run.config.replace(**second))) for run in study.where(**first)]
    return [(run, other) for run, other in found if other is not None]


def sooner(found: Pairs, target: float, metric: str = "train_loss") -> list[bool]:
    """Whether the first run of each pair came to a loss of `target` in fewer epochs; pairs where none did are left out.

    Of an accuracy, `target` is to be reached from below. Two that come to it in the same epoch count as not sooner.
    """
    epochs = [(first_epoch(a, target, metric), first_epoch(b, target, metric)) for a, b in found]
    return [a < b for a, b in epochs if min(a, b) < np.inf]


def first_epoch(run: Run, target: float, metric: str = "train_loss") -> float:
    """The first recorded epoch at which a column of the history is at the target or beyond, infinite if none is.

    Of a run that stopped at this loss, its last epoch, which the history need not have.
    """
    values = run.history[metric]
    if metric == "train_loss" and run.stopped == "loss_target" and run.config.loss_target == target:
        return float(run.epochs)
    reached = run.history.epoch[values >= target if metric.endswith("accuracy") else values <= target]
    return float(reached.iloc[0]) if len(reached) else np.inf


def lower(found: Pairs, result: str = "train_loss") -> list[bool]:
    """Whether the first run of each pair ended with the lower result; a diverged run is never the lower one."""
    return [bool(a.results[result] < worst_if_nan(b.results[result])) for a, b in found]


def worst_if_nan(value: float) -> float:
    return np.inf if np.isnan(value) else value


def roughness(run: Run, metric: str = "train_loss") -> float:
    """How far a curve jumps: the standard deviation of the changes of its logarithm in the second half of training.

    nan where the second half has no two changes.
    """
    later = run.history[run.history.epoch > run.epochs / 2]
    if len(later) < 3:
        return np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.std(np.diff(np.log(later[metric].to_numpy(float)))))


def smoother(found: Pairs) -> list[bool]:
    """Whether the first run's loss curve is the less rough one."""
    return [roughness(a) < roughness(b) for a, b in found]


def dearer(found: Pairs) -> list[bool]:
    """Whether an epoch of the first run takes more operations. Seconds would differ from one build to the next."""
    return [a.operations / max(a.epochs, 1) > b.operations / max(b.epochs, 1) for a, b in found]
