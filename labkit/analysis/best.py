"""Which value of a setting is best, and whether the grid was wide enough to say so."""

from dataclasses import dataclass

from ..experiments.study import Study
from ..rounding import quantiles


@dataclass(frozen=True)
class Best:
    """The value with the best median. It is only `inside` where the grid holds a smaller and a larger value: at an edge
    the next value might be better."""

    value: float | tuple
    median: float
    inside: bool


def best_setting(study: Study, by: str, result: str = "train_loss") -> Best:
    """The value of the numeric setting `by` with the best median of a result; a diverged run is the worst."""
    values = sorted({getattr(run.config, by) for run in study.members})
    sign = -1 if result.endswith("accuracy") else 1
    medians = [quantiles([sign * run.results[result] for run in study.where(**{by: value})])[1] for value in values]
    place = medians.index(min(medians))
    return Best(values[place], sign * medians[place], 0 < place < len(values) - 1)
