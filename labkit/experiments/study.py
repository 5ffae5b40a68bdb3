"""What is called to train: one run, or a study, a grid of settings each repeated over seeds, with tidy results."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from .. import engine, observer
from ..data.dataset import Dataset
from ..environment import dask_address, n_cores
from ..errors import COUNT_OR_NONE, LabError, instance, plain
from ..overview import Overview
from ..rounding import percent, setting_text, significant, spread_text
from ..training.config import RunConfig, as_setting, config_text
from ..training.run import Run, kept_data, on_data
from ..words import RESULTS
from .bar import watched
from .cache import THIS, find_runs, keep_runs
from .platforms import platform_words
from .processes import Cores, Pool, chunks, estimated_seconds, longest_first, train_here
from .progress import Progress
from .registered import is_own

WORTH_A_PROCESS = 2.0  # seconds of training below which starting a second process costs more than it saves
MOST_GROUPS, MOST_VALUES = 20, 12  # rows and values that a study shows of itself
SEEDS = ("seed", "data_seed")
SHOWN = ("train_loss", "train_accuracy", "test_accuracy")  # the results that it shows


class Study(Overview):
    """Runs of a study, in the order of the grid. `varied` names the settings that the grid varies, `named` all that the
    call named, also those with one value."""

    def __init__(self, members: list[Run], varied: list[str], n_trained: int, named: Iterable[str] = ()):
        self.members, self.varied, self.n_trained = members, varied, n_trained
        self.named = list(dict.fromkeys([*named, *varied]))

    @cached_property
    def values(self) -> dict[str, list]:
        """The values that each setting has in the study, in the order of its runs."""
        configs = [run.config.as_dict() for run in self.members]
        return {name: list(dict.fromkeys(config[name] for config in configs)) for name in configs[0]}

    @cached_property
    def all_runs(self) -> pd.DataFrame:
        """One row a run: all its settings, its results, diverged, stopped, epochs and seconds."""
        ended = ("diverged", "stopped", "epochs", "seconds")
        rows = [r.config.as_dict() | r.results | {name: getattr(r, name) for name in ended} for r in self.members]
        return pd.DataFrame(rows).rename_axis("run").reset_index()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: the settings that the study names or that differ, the results, diverged, stopped, epochs and
        seconds. `all_runs` has the settings that all runs share as well."""
        shared = [name for name, values in self.values.items() if len(values) == 1 and name not in self.named]
        rest = self.all_runs.drop(columns=shared)
        first = ["run", *self.named]
        return rest[[*first, *(name for name in rest if name not in first)]]

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row a run and recorded epoch: run, epoch, train_loss, train_accuracy, val_loss, val_accuracy."""
        return pd.concat([run.history.assign(run=i) for i, run in enumerate(self.members)], ignore_index=True)

    def where(self, **settings) -> list[Run]:
        """The runs whose settings have these values."""
        unknown = [name for name in settings if not hasattr(self.members[0].config, name)]
        if unknown:
            raise LabError(f"{unknown[0]!r} is no setting of a run; this study varies {', '.join(self.varied)}")
        return [
            run for run in self.members if all(getattr(run.config, k) == as_setting(v) for k, v in settings.items())
        ]

    def one(self, **settings) -> Run:
        """The one run whose settings have these values."""
        found = self.where(**settings)
        if len(found) != 1:
            words = ", ".join(f"{k}={v!r}" for k, v in settings.items())
            raise LabError(f"{len(found)} runs of the study have {words}; name one by {', '.join(self.varied)}")
        return found[0]

    def overview(self) -> list:
        """The shared settings, the values of the others, and a row for each setting but the seed."""
        n, values = len(self.members), self.values
        varied = [name for name in dict.fromkeys([*self.named, *values]) if len(values[name]) > 1]
        shared = {name: value for name, value in self.members[0].config.differing().items() if name not in varied}
        lines = [f"Study of {n:,} run{'s' * (n > 1)} of {config_text(shared)}"]
        lines += [f"{name}: {values_text(values[name])}" for name in varied]
        platforms = Counter(run.platform for run in self.members)
        if len(platforms) > 1:
            lines += [f"Of these, {n} runs were trained on {platform_words(p)}" for p, n in platforms.items()]
        groups = defaultdict(list)
        for run in self.members:
            groups[tuple(getattr(run.config, name) for name in varied if name not in SEEDS)].append(run)
        rows = [group_texts(group) for group in list(groups.values())[:MOST_GROUPS]]
        keys = [[*map(setting_text, key)] or ["all"] for key in list(groups)[:MOST_GROUPS]]
        names = [name for name in varied if name not in SEEDS] or ["runs"]
        table = pd.DataFrame(rows, pd.MultiIndex.from_tuples(keys, names=names))
        more = len(groups) - MOST_GROUPS
        return [*lines, table, *([f"and {more} more: study.runs has all of them"] if more > 0 else [])]


def values_text(values: list) -> str:
    """Values of a setting: all of a few, the first and the last of whole numbers in a row."""
    if len(values) > 2 and all(type(v) is int for v in values) and values == list(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    return ", ".join(map(setting_text, values[:MOST_VALUES])) + more


def group_texts(runs: list[Run]) -> dict[str, object]:
    """What the runs of one setting came to, as a row of a table."""
    row = {"n": len(runs)}
    for result in SHOWN:
        share = result.endswith("accuracy")
        values = [run.results[result] for run in runs]
        known = [v for v in values if not (share and np.isnan(v))]  # nan where a part has no examples
        alone = percent if share else significant
        row[RESULTS[result]] = alone(known[0]) if len(known) == 1 else spread_text(known, as_percent=share)
    return row | {"diverged": sum(run.diverged for run in runs)}


def train_one(config: RunConfig, data: Dataset | None = None) -> Run:
    """Train one run, on the data set its config names, or on `data`; its config then says dataset="given"."""
    config = on_data(config, data)
    progress = Progress(config.n_epochs)

    def kept() -> str:
        return f"after {progress.done:,} of {config.n_epochs:,} epochs; a single run is kept only when it is whole"

    with watched(progress, kept):
        (run,) = train_here([config], data, progress.add)
    observer.current.finished([run])
    return replace(run, data=kept_data(config, data))


def run_study(config: RunConfig, *, data: Dataset | None = None, n_jobs: int | None = None, **grid) -> Study:
    """Train every combination of the settings given as lists (or ranges, arrays), and return the study.

    A tuple is one value, as hidden_sizes is. `data` are one's own, the same for all runs, whose configs then say
    dataset="given". Runs that were trained before come from the cache, new ones go into it. `n_jobs` processes share
    the work, by default LABKIT_JOBS or one a core; results do not depend on it, bit for bit. Where the cache cannot be
    written, a warning says so.
    """
    instance("config", config, RunConfig, "RunConfig(lr=1.0)")
    COUNT_OR_NONE("n_jobs", plain(n_jobs))
    axes = {name: list(values) if is_axis(values) else [values] for name, values in grid.items()}
    for name, values in axes.items():
        if not values:
            raise LabError(f"{name} must have at least one value; got an empty list")
    configs = [config.replace(**dict(zip(axes, values, strict=True))) for values in product(*axes.values())]
    varied = [name for name, v in axes.items() if len(v) > 1]
    return study_of(configs, varied, named=axes, data=data, n_jobs=n_jobs)


def study_of(
    configs: list[RunConfig],
    varied: list[str],
    *,
    named: Iterable[str] = (),
    data: Dataset | None = None,
    n_jobs: int | None = None,
) -> Study:
    """Train configs that need not form a grid, such as those of a random search, as `run_study` does."""
    configs = [on_data(c, data) for c in configs]
    wanted = list(dict.fromkeys(configs))
    found = find_runs(wanted, data)
    missing = [c for c in wanted if c not in found]
    seconds = sum(estimated_seconds(stack, data) for stack in chunks(missing, 1, data))
    if seconds <= WORTH_A_PROCESS or not engine.is_current() or any(map(is_own, missing)):
        pool = Cores(1)  # another process is not worth its start, or would train with another engine or other rows
    else:
        pool = find_pool(n_jobs)
        found |= find_runs(missing, data, pool.platforms)
        missing = [c for c in missing if c not in found]
    progress = Progress(sum(c.n_epochs for c in wanted))
    if found:
        progress.add(sum(c.n_epochs for c in found), cached=True)

    def kept() -> str:
        n = len(find_runs(wanted, data, [THIS, *pool.platforms]))
        are = "is" if n == 1 else "are"
        return f"{n} of {len(wanted)} runs {are} trained and kept; call it again to go on."

    trouble = ""
    with watched(progress, kept):
        stacks = longest_first(chunks(missing, min(pool.size, len(missing)), data), data) if missing else []
        for runs in pool.train(stacks, data, progress):
            trouble = keep_runs(runs, data) or trouble
            found |= {run.config: replace(run, data=kept_data(run.config, data)) for run in runs}
    if trouble:
        warnings.warn(f"{trouble}. The runs of this study are not all in the cache", stacklevel=3)
    members = [found[c] for c in configs]
    observer.current.finished(members)
    return Study(members, varied, len(missing), named)


def find_pool(n_jobs: int | None = None, dask: str = "") -> Pool:
    """Who trains: the workers of the Dask cluster that is named here or by LABKIT_DASK, else processes of this machine,
    `n_jobs` or LABKIT_JOBS or one a core."""
    if not (dask := dask or dask_address()):
        return Cores(n_jobs or n_cores())
    try:
        from .dask_workers import DaskWorkers  # only here: most have no Dask
    except ImportError as error:
        raise LabError(
            f"the cluster {dask} needs Dask ({error}); `pip install -r requirements-dask.txt` gets it"
        ) from None
    return DaskWorkers(dask)


def is_axis(values: object) -> bool:
    return isinstance(values, list | range | np.ndarray | pd.Series)
