"""Training recorded runs again, with the checker's own labkit, and comparing all that was recorded of them."""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from labkit.data.sources import DATASETS, load_dataset
from labkit.errors import LabError
from labkit.experiments.cache import cache_path
from labkit.experiments.cost import Cost, cost
from labkit.training.config import RunConfig

from ...project.texts import listed, printable, rough_time
from ..reading.findings import FAILED, LOOK, Finding
from ..reading.numbers import ACCURACY, LOSS_LEAST, LOSS_SHARE
from . import training
from .training import together

MOST_BYTES = 2e9  # of a run that is trained again
STEP = "runs"
CHAOTIC = 0.25  # of the runs may lie beyond the tolerance on another platform: training magnifies the last bit
NO_CONFIGURATION, TWO_RESULTS = "without a valid configuration", "with two different results"
IMPOSSIBLE = "that no labkit can train"
NAMED = 2  # runs that are named in the sentence
Facts = Mapping[str, Any]


@dataclass
class Budget:
    """Which runs are trained again: all, or `sample` of them chosen by `seed`; at most `minutes` of estimated work."""

    sample: int | None = None
    seed: int = 0
    minutes: float = 30.0


@dataclass
class Trainer:
    """Trains configurations, each once in a call of `verify`; `tell` is told how far it is."""

    tell: Callable[[str], None] = lambda text: None
    known: dict[RunConfig, Facts] = field(default_factory=dict)
    refused: dict[RunConfig, str] = field(default_factory=dict)
    n_trained: int = 0
    n_cached: int = 0

    def train(self, configs: Sequence[RunConfig], minutes: float) -> dict[RunConfig, Facts]:
        """What is recorded of each run when it is trained here, as far as that takes no longer than so many minutes."""
        new = [config for config in dict.fromkeys(configs) if config not in self.known]
        done = len(configs) - len(new)
        for trained in training.in_a_child(new, 60 * minutes):
            done += len(trained["facts"])
            self.n_trained += trained["n_trained"]
            self.n_cached += len(trained["facts"]) - trained["n_trained"]
            self.known |= {RunConfig(**row["config"]): row for row in trained["facts"]}
            self.refused |= {RunConfig(**config): why for config, why in trained["refused"]}
            self.tell(f"{done:,} of {len(configs):,} runs")
        return {config: self.known[config] for config in configs if config in self.known}


@dataclass
class Recorded:
    """A run of a bundle: the notebook that it is of, its configuration, and the line that was recorded."""

    notebook: str
    config: RunConfig
    line: Facts


def recorded(notebooks: Sequence[Mapping[str, Any]], found: list[Finding]) -> list[Recorded]:
    """All runs of a bundle whose configurations are some; findings for the others."""
    runs: list[Recorded] = []
    by_config: dict[RunConfig, Facts] = {}
    wrong: dict[str, list[str]] = {NO_CONFIGURATION: [], TWO_RESULTS: []}
    for notebook in notebooks:
        for line in notebook["runs"] or []:
            try:
                config = RunConfig(**line["config"])
            except (LabError, TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
                wrong[NO_CONFIGURATION].append(f"{notebook['name']}: {error}")
                continue
            if by_config.setdefault(config, line) != line:
                wrong[TWO_RESULTS].append(f"{notebook['name']}: {run_text(config)}")
            runs.append(Recorded(notebook["name"], config, line))
    found += grouped_findings(FAILED, wrong)
    return runs


def grouped_findings(level: str, reasons: Mapping[str, Sequence[str]]) -> list[Finding]:
    """A finding for each reason that there is: how many runs, and the first of them."""
    return [
        Finding(level, STEP, f"{len(runs):,} {'run' if len(runs) == 1 else 'runs'} {reason}: {runs[0]}")
        for reason, runs in reasons.items()
        if runs
    ]


def run_text(config: RunConfig) -> str:
    """A run in words: the settings that differ from the defaults, so that it can be found."""
    default = RunConfig().as_dict()
    changed = [f"{k}={v}" for k, v in config.as_dict().items() if v != default[k] or k in ("dataset", "lr", "seed")]
    return printable(", ".join(changed), 200)


@dataclass
class Retrained:
    """What training again showed, and how many runs were compared."""

    findings: list[Finding]
    n_compared: int = 0
    n_left: int = 0  # for want of time
    to_the_bit: bool = False  # whether all that were compared were trained there as here


def retrain(runs: Sequence[Recorded], exact: bool, plan: Budget, trainer: Trainer) -> Retrained:
    """Train the runs again, and compare: bit for bit, or, where not `exact`, within the tolerance."""
    chosen = list(runs)
    result = Retrained([])
    if plan.sample is not None and plan.sample < len(chosen):
        chosen = random.Random(plan.seed).sample(chosen, plan.sample)
        text = f"only {plan.sample} of {len(runs):,} runs were trained again (--sample), chosen by seed {plan.seed}"
        result.findings.append(Finding(LOOK, STEP, text))
    affordable, findings = within_limits([run.config for run in chosen], plan.minutes)
    own = trainer.train(affordable, plan.minutes)
    missed = [config for config in affordable if config not in own]
    refused = [f"{run_text(config)}: {trainer.refused[config]}" for config in missed if config in trainer.refused]
    late = [run_text(config) for config in missed if config not in trainer.refused]
    too_long = f"not re-trained: it took more than --limit {plan.minutes:g} (min)"
    result.n_left = len(late)
    result.findings += findings
    result.findings += [*grouped_findings(FAILED, {IMPOSSIBLE: refused}), *grouped_findings(LOOK, {too_long: late})]
    beyond, worst = [], []
    compared = [run for run in chosen if run.config in own]
    for run in compared:
        differing = run_differences(run.line, own[run.config], exact)
        if differing:
            beyond.append(run)
            worst.append(f"{run.notebook}, {run_text(run.config)}: {listed(differing, 2)}")
    result.n_compared = len({run.config for run in compared})
    result.to_the_bit = bool(compared) and not any(run_differences(run.line, own[run.config], True) for run in compared)
    if not beyond:
        return result
    level = LOOK if not exact and len(beyond) <= CHAOTIC * len(compared) else FAILED
    how = "are not what training gives" if exact else "lie beyond the tolerance for another platform"
    if exact and not any(run_differences(run.line, own[run.config], False) for run in beyond):
        how += ", but within the tolerance for another platform: machines that share one cache would do that"
    text = f"{len(beyond):,} of {len(compared):,} recorded runs {how}: {listed(worst, NAMED)}"
    result.findings.append(Finding(level, STEP, text, details=tuple(worst)))
    return result


def within_limits(configs: Sequence[RunConfig], minutes: float) -> tuple[list[RunConfig], list[Finding]]:
    """The configurations that can be trained in about so many minutes of one core, the cheapest first."""
    impossible: list[str] = []
    skipped: dict[str, list[str]] = defaultdict(list)
    costs: dict[RunConfig, Cost] = {}
    for config in dict.fromkeys(configs):
        try:
            found = cost(config)
        except (LabError, ArithmeticError) as error:
            impossible.append(f"{run_text(config)}: {error}")
            continue
        if reason := why_absent(config.dataset):
            skipped[f"not re-trained, as {reason}"].append(run_text(config))
        elif found.n_bytes > MOST_BYTES:
            gigabytes = f"{found.n_bytes / 1e9:,.0f} GB of memory"
            skipped["not re-trained, as it would take too much memory"].append(f"{gigabytes} for {run_text(config)}")
        else:
            costs[config] = Cost(0, 0.0, 0.0, 0.0, 0.0) if cache_path(config).exists() else found
    affordable, left, total = [], [], 0.0
    stacks: dict[str, float] = {}  # what was counted of each
    for config in sorted(costs, key=lambda config: costs[config].seconds + costs[config].stack_seconds):
        stack = together(config)
        more = max(0.0, costs[config].stack_seconds - stacks.get(stack, 0.0))
        if total + costs[config].seconds + more > 60 * minutes:
            left.append(config)
            continue
        total += costs[config].seconds + more
        stacks[stack] = stacks.get(stack, 0.0) + more
        affordable.append(config)
    if left:
        time = rough_time(sum(costs[config].seconds + costs[config].stack_seconds for config in left))
        more = f"not re-trained: it would take {time} more than --limit {minutes:g} (min)"
        skipped[more] = [run_text(config) for config in left]
    return affordable, [*grouped_findings(FAILED, {IMPOSSIBLE: impossible}), *grouped_findings(LOOK, skipped)]


@cache
def why_absent(dataset: str) -> str:
    """Why a data set cannot be had on this machine, or ""."""
    if DATASETS[dataset].image is None:
        return "its data were passed as arrays" if dataset == "given" else ""
    try:
        load_dataset(dataset)
    except LabError as error:
        return str(error)
    return ""


def run_differences(theirs: Facts, own: Facts, exact: bool) -> list[str]:
    """What was recorded of a run and is not so here, in words."""
    found = []
    for name, value in theirs["results"].items():
        mine = own["results"][name]
        if value != mine and (exact or not close(name, value, mine)):
            found.append(f"{name} {value}, here {mine}")
    if theirs["stopped"] != own["stopped"]:
        found.append(f"ended by {theirs['stopped']}, here by {own['stopped']}")
    if theirs["epochs"] != own["epochs"]:
        found.append(f"{theirs['epochs']:,} epochs, here {own['epochs']:,}")
    if exact and not found:
        found += [f"another hash of its {name}" for name in ("weights", "history") if theirs[name] != own[name]]
    return found


def close(name: str, theirs: float | str, mine: float | str) -> bool:
    """Whether two results of a run may come from two platforms; those that are not finite must be equal."""
    if isinstance(theirs, str) or isinstance(mine, str):
        return theirs == mine
    if name.endswith("accuracy"):
        return abs(theirs - mine) <= ACCURACY * (1 + 1e-9)
    return math.isclose(theirs, mine, rel_tol=LOSS_SHARE, abs_tol=LOSS_LEAST)
