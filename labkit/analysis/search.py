"""Searching for good settings: at random, or with Optuna, which draws near what was good and stops what is hopeless.

A setting is trained with several seeds, and judged by the median of its runs. Random search is the measure of any other
(Bergstra and Bengio 2012); Optuna's sampler models where good settings lie (Bergstra et al. 2011), and its successive
halving trains a ninth of the epochs, then a third, then all, and each time goes on with the better settings alone
(Jamieson and Talwalkar 2016).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil, exp, inf, isfinite, log
from typing import Any

import numpy as np

from ..errors import COUNT_OR_NONE, SEED_OR_NONE, LabError, choice, number, shown
from ..experiments.cost import extent
from ..experiments.study import study_of
from ..training.config import RunConfig, as_setting
from ..training.run import Run

SAMPLERS = ("random", "tpe")
GOALS = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
REDUCTION = 3
RUNGS = (1 / REDUCTION**2, 1 / REDUCTION, 1.0)  # shares of the epochs, after which the worse settings are stopped
AT_ONCE = 8  # settings that are drawn before any of them is judged, and train side by side
RANGE_KEYS = ("low", "high", "log")


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, both included; evenly on a logarithmic scale where `log`. Whole where both ends are."""

    low: float
    high: float
    log: bool = False

    @property
    def whole(self) -> bool:
        return type(self.low) is int and type(self.high) is int

    def draw(self, rng: np.random.Generator) -> float:
        low, high = (self.low, self.high + 1) if self.whole else (self.low, self.high)
        value = exp(rng.uniform(log(low), log(high))) if self.log else float(rng.uniform(low, high))
        return min(int(value), self.high) if self.whole else value


@dataclass(frozen=True)
class Search:
    """What is searched: `n_settings` of a space, to be best in `goal`, the median over the seeds."""

    space: dict[str, list | Range]
    n_settings: int = 100
    sampler: str = "random"
    goal: str = "val_loss"
    seed: int = 0

    def __post_init__(self) -> None:
        choice("sampler", self.sampler, SAMPLERS)
        choice("goal", self.goal, GOALS)
        COUNT_OR_NONE("n_settings", self.n_settings)
        SEED_OR_NONE("seed of the search", self.seed)
        if not self.space:
            raise LabError("a search needs a space: a list of values, or low and high, for each setting that it varies")

    def drawn(self) -> Iterator[dict[str, Any]]:
        """Settings drawn at random. The i-th depends on the seed and on i alone."""
        for i in range(self.n_settings):
            rng = np.random.default_rng([self.seed, i])
            yield {
                name: values.draw(rng) if isinstance(values, Range) else values[rng.integers(len(values))]
                for name, values in self.space.items()
            }

    def judged(self, runs: Sequence[Run]) -> float:
        """The median of the goal over the runs of a setting, smaller for better; inf where it has none."""
        value = float(np.median([run.results[self.goal] for run in runs]))
        return inf if not isfinite(value) else -value if self.goal.endswith("accuracy") else value


@dataclass(frozen=True)
class Tried:
    """A setting that a search tried: its judgment, after how many epochs a run, and all epochs that it cost."""

    setting: dict[str, Any]
    value: float
    n_epochs: int
    epochs_spent: int


def read_space(space: dict[str, Any]) -> dict[str, list | Range]:
    """A space as a file or a notebook writes it: a list of values, or {"low": 0.01, "high": 10, "log": True}."""
    return {name: values_of(name, values) for name, values in space.items()}


def values_of(name: str, values: Any) -> list | Range:
    if isinstance(values, list | tuple) and values:
        return list(map(as_setting, values))
    if not isinstance(values, dict):
        raise LabError(f"{name} must be a list of values, or have low and high; got {shown(values)}")
    for key in values:
        choice(f"key of {name}", key, RANGE_KEYS)
    for key in ("low", "high"):
        number(float, "not infinite", isfinite)(f"{key} of {name}", values.get(key))
    found = Range(values["low"], values["high"], values.get("log", False))
    if found.low >= found.high or (found.log and found.low <= 0) or type(found.log) is not bool:
        raise LabError(f"{name} must have low < high, and log = true only above 0; got {shown(values)}")
    return found


def search_settings(
    search: Search,
    config: RunConfig,
    seeds: Sequence[int],
    train: Callable[[list[RunConfig]], list[Run]] = lambda configs: study_of(configs, []).members,
) -> list[Tried]:
    """Try the settings of a search, each with every seed, in the order in which they were drawn.

    `train` trains configs and returns their runs in the same order. Raises LabError where the goal is not measured on
    the data set, or Optuna is needed and missing.
    """
    check_goal(search, config)

    def try_out(settings: Sequence[dict[str, Any]], share: float = 1.0) -> list[Tried]:
        n_epochs, n = ceil(share * config.n_epochs), len(seeds)
        start = config.replace(n_epochs=n_epochs)
        runs = train([start.replace(**setting, seed=seed) for setting in settings for seed in seeds])
        values = [search.judged(runs[i : i + n]) for i in range(0, len(runs), n)]
        return [Tried(s, value, n_epochs, n * n_epochs) for s, value in zip(settings, values, strict=True)]

    return try_out(list(search.drawn())) if search.sampler == "random" else with_optuna(search, try_out)


def best_so_far(tried: Sequence[Tried], budgets: Sequence[float]) -> list[float]:
    """The best judgment of a setting that was trained to the end, for each number of epochs that may be spent on the
    search; nan where none had ended."""
    whole = max(one.n_epochs for one in tried)
    spent = np.cumsum([one.epochs_spent for one in tried])
    values = np.array([one.value if one.n_epochs == whole else inf for one in tried])
    best = [values[spent <= budget].min(initial=inf) for budget in budgets]
    return [value if isfinite(value) else np.nan for value in best]


def with_optuna(search: Search, try_out: Callable[..., list[Tried]]) -> list[Tried]:
    """What Optuna tries, a few settings at a time; asked again with the same seed it draws the same."""
    optuna = import_optuna()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=search.seed), pruner=pruner)
    tried = []
    while n := min(AT_ONCE, search.n_settings - len(study.trials)):
        going_on = [study.ask() for _ in range(n)]
        settings = {trial.number: suggested(trial, search.space) for trial in going_on}
        for rung, share in enumerate(RUNGS):
            found = try_out([settings[trial.number] for trial in going_on], share)
            tried += found
            for trial, one in zip(going_on, found, strict=True):
                trial.report(one.value, REDUCTION**rung)
            ended = [trial for trial in going_on if share == 1.0 or trial.should_prune()]
            for trial, one in zip(going_on, found, strict=True):
                if share == 1.0:
                    study.tell(trial, one.value)
                elif trial in ended:
                    study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            if not (going_on := [trial for trial in going_on if trial not in ended]):
                break
    return tried


def suggested(trial: Any, space: dict[str, list | Range]) -> dict[str, Any]:
    """The setting that a trial of Optuna stands for."""
    setting = {}
    for name, values in space.items():
        if isinstance(values, list):
            setting[name] = values[trial.suggest_categorical(name, range(len(values)))]
        else:
            suggest = trial.suggest_int if values.whole else trial.suggest_float
            setting[name] = suggest(name, values.low, values.high, log=values.log)
    return setting


def usable_samplers() -> list[str]:
    """The samplers that can be used here."""
    return [sampler for sampler in SAMPLERS if sampler == "random" or find_spec("optuna")]


def import_optuna() -> Any:
    try:
        import optuna  # only here: it is an extra, and takes a second to import
    except ImportError as error:
        raise LabError(
            f"sampler 'tpe' needs Optuna ({error}); `pip install -r requirements-optuna.txt` gets it, "
            "and sampler 'random' needs nothing"
        ) from None
    return optuna


def check_goal(search: Search, config: RunConfig) -> None:
    if search.goal.startswith("val") and not extent(config, None)[1]:
        raise LabError(f"the data set {config.dataset!r} has no validation examples; the goal may be train_loss")
