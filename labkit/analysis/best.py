"""Which value of a setting is best, and whether the grid was wide enough to say so."""

from dataclasses import dataclass

import numpy as np

from ..experiments.study import Study
from ..rounding import quantiles, worst_if_nan


@dataclass(frozen=True)
class Best:
    """The value with the best result, its median, and what it was chosen by: what a share of its runs `reached`.

    It is only `inside` where the grid holds a smaller and a larger value: at an edge the next value might be better.
    """

    value: float | tuple
    median: float
    inside: bool
    reached: float


def best_setting(study: Study, by: str, result: str = "train_loss", share: float = 0.5, **fixed: object) -> Best:
    """The value of the numeric setting `by` with the best result among the runs whose other settings are `fixed`.

    Best is what `share` of the runs reach, by default half of them: the median. With share=0.9 no value is chosen with
    which more than a tenth of the runs fail. A diverged run is the worst.
    """
    runs = study.where(**fixed)
    values = sorted({getattr(run.config, by) for run in runs})
    sign = -1 if result.endswith("accuracy") else 1
    at = [worst_if_nan([sign * run.results[result] for run in runs if getattr(run.config, by) == v]) for v in values]
    reached = [float(np.quantile(results, share, method="inverted_cdf")) for results in at]
    place = reached.index(min(reached))
    median = quantiles(at[place])[1]
    return Best(values[place], sign * median, 0 < place < len(values) - 1, sign * reached[place])
