"""Search for settings: points drawn at random beside a grid, the best by validation, and what the best of k is worth.

Selection looks at validation results only. The winner's own validation result is too good to be true, because it was
picked for it: what a reader should see is the test result of new runs with the winning settings.
"""

from math import comb

import numpy as np
import pandas as pd

from ..activations import Array
from ..config import RunConfig
from ..errors import LabError
from ..studies import Study


def random_configs(config: RunConfig, n: int, seed: int, **space: list | tuple) -> list[RunConfig]:
    """n configs with settings drawn at random: of a list one value, between (low, high) on a logarithmic scale.

    The draws of one setting do not depend on which others are searched. Raises LabError for a range that is none.
    """
    drawn = {}
    for name, values in space.items():
        rng = np.random.default_rng([seed, *name.encode()])
        if isinstance(values, list):
            drawn[name] = [values[i] for i in rng.integers(len(values), size=n)]
        elif len(values) == 2 and 0 < values[0] < values[1]:
            drawn[name] = np.exp(rng.uniform(*np.log(values), size=n)).tolist()
        else:
            raise LabError(f"{name} must be a list of values, or (low, high) with 0 < low < high; got {values!r}")
    return [config.replace(**{name: values[i] for name, values in drawn.items()}) for i in range(n)]


def winners(runs: pd.DataFrame, by: list[str], metric: str = "val_accuracy") -> pd.DataFrame:
    """Of the rows of `study.runs`, the best of each group by a validation result; of equals the first."""
    ranked = runs[metric].fillna(-np.inf if metric.endswith("accuracy") else np.inf)
    place = ranked.groupby([runs[name] for name in by], sort=False)
    return runs.loc[place.idxmax() if metric.endswith("accuracy") else place.idxmin()]


def settings_of(study: Study, run: int, names: list[str]) -> dict:
    """Some settings of a run of the study, as `RunConfig.replace` takes them."""
    return {name: getattr(study.members[run].config, name) for name in names}


def expected_best(values: Array) -> Array:
    """The expected largest of k values drawn from these n without putting back, for k = 1 to n, (n,).

    What a search with k trials finds on average: Σ_i v_(i) C(i-1, k-1) / C(n, k) over the sorted values (Dodge et al.,
    2019, have it for drawing with putting back).
    """
    ordered, n = np.sort(values), len(values)
    return np.array([sum(v * (comb(i, k - 1) / comb(n, k)) for i, v in enumerate(ordered)) for k in range(1, n + 1)])
