"""Two settings against each other, run by run: pairs that agree in everything else, and what is true of how many."""

import numpy as np

from ..experiments.study import Study
from ..rounding import worst_if_nan
from ..tables.comparison import epochs_to
from ..training.run import Run

Pairs = list[tuple[Run, Run]]


def pairs(study: Study, first: dict, second: dict) -> Pairs:
    """Runs with the settings `first`, each with the run that has the settings `second` and is like it in all others."""
    by_config = {run.config: run for run in study.members}
    found = [(run, by_config.get(run.config.replace(**second))) for run in study.where(**first)]
    return [(run, other) for run, other in found if other is not None]


def sooner(found: Pairs, target: float) -> list[bool]:
    """Whether the first run of each pair came to a loss of `target` in fewer epochs; pairs where none did are left out.

    Two that come to it in the same epoch count as not sooner.
    """
    epochs = [(epochs_to(a, target), epochs_to(b, target)) for a, b in found]
    return [a < b for a, b in epochs if min(a, b) < np.inf]


def lower(found: Pairs) -> list[bool]:
    """Whether the first run of each pair ended with the lower loss; a diverged run is never the lower one."""
    ends = [worst_if_nan([run.results["train_loss"] for run in pair]) for pair in found]
    return [bool(a < b) for a, b in ends]


def roughness(run: Run) -> float:
    """How far a loss jumps: the standard deviation of the changes of its logarithm in the second half of training.

    nan where the second half has no two changes.
    """
    later = run.history[run.history.epoch > run.epochs / 2]
    if len(later) < 3:
        return np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.std(np.diff(np.log(later.train_loss.to_numpy(float)))))


def smoother(found: Pairs) -> list[bool]:
    """Whether the first run's loss curve is the less rough one."""
    return [roughness(a) < roughness(b) for a, b in found]


def dearer(found: Pairs) -> list[bool]:
    """Whether an epoch of the first run takes more operations. Seconds would differ from one build to the next."""
    return [a.operations / max(a.epochs, 1) > b.operations / max(b.epochs, 1) for a, b in found]
