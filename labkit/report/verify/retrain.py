"""Training recorded runs again, with the checker's own labkit, and comparing all that was recorded of them."""

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labkit.config import RunConfig
from labkit.datasets import DATASETS, load_dataset
from labkit.errors import LabError
from labkit.recording import facts
from labkit.runs import dataset_of
from labkit.store import cache_path
from labkit.studies import chunks, study_of

from .cost import MOST_BYTES, cost, duration
from .findings import FAILED, LOOK, NOTE, Finding, listed, printable
from .numbers import ACCURACY, LOSS_LEAST, LOSS_SHARE

STEP = "runs"
AT_ONCE = 20.0  # seconds of training, as estimated, between two looks at the clock
CHAOTIC = 0.25  # of the runs may lie beyond the tolerance on another platform: training magnifies the last bit
NAMED = 4  # runs that are named one by one
Facts = Mapping[str, Any]


@dataclass
class Plan:
    """Which runs are trained again: all, or `sample` of them chosen by `seed`; at most `minutes` of estimated work."""

    sample: int | None = None
    seed: int = 0
    minutes: float = 30.0


@dataclass
class Trainer:
    """Trains configurations, each once in a call of `verify`; `tell` is told how far it is."""

    tell: Callable[[str], None] = lambda text: None
    known: dict[RunConfig, Facts] = field(default_factory=dict)
    n_trained: int = 0
    n_cached: int = 0

    def train(self, configs: Sequence[RunConfig]) -> dict[RunConfig, Facts]:
        """What is recorded of each run when it is trained here."""
        new = [config for config in dict.fromkeys(configs) if config not in self.known]
        done = len(configs) - len(new)
        for part in parts(new):
            self.tell(f"{done:,} of {len(configs):,} runs")
            study = study_of(part, [])
            self.n_trained += study.n_trained
            self.n_cached += len(part) - study.n_trained
            # through JSON, as the bundle's own came
            self.known |= {run.config: json.loads(json.dumps(facts(run))) for run in study.members}
            done += len(part)
        return {config: self.known[config] for config in configs}


def parts(configs: list[RunConfig]) -> Iterator[list[RunConfig]]:
    """Groups of configurations that take about AT_ONCE; those that can be trained together stay together."""
    part: list[RunConfig] = []
    seconds = 0.0
    for stack in chunks(configs, 1):
        part += stack
        seconds += sum(cost(config).seconds for config in stack)
        if seconds > AT_ONCE or len(part) > 300:
            yield part
            part, seconds = [], 0.0
    if part:
        yield part


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
    for notebook in notebooks:
        for line in notebook["runs"] or []:
            try:
                config = RunConfig.from_dict(line["config"])
            except (LabError, TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
                found.append(Finding(FAILED, STEP, f"{notebook['name']}: a run has no valid configuration: {error}"))
                continue
            if by_config.setdefault(config, line) != line:
                found.append(Finding(FAILED, STEP, f"{notebook['name']}: two results of one run: {describe(config)}"))
            runs.append(Recorded(notebook["name"], config, line))
    return runs


def describe(config: RunConfig) -> str:
    """A run in words: the settings that differ from the defaults, so that it can be found."""
    default = RunConfig().as_dict()
    changed = [f"{k}={v}" for k, v in config.as_dict().items() if v != default[k] or k in ("dataset", "lr", "seed")]
    return printable(", ".join(changed), 200)


def check(runs: Sequence[Recorded], exact: bool, plan: Plan, trainer: Trainer) -> Iterator[Finding]:
    """Train the runs again, and compare: bit for bit, or, where not `exact`, within the tolerance."""
    chosen = list(runs)
    if plan.sample is not None and plan.sample < len(chosen):
        chosen = random.Random(plan.seed).sample(chosen, plan.sample)
        yield Finding(NOTE, STEP, f"{plan.sample} of {len(runs):,} runs were chosen by seed {plan.seed}")
    affordable, findings = within_limits([run.config for run in chosen], plan.minutes)
    yield from findings
    own = trainer.train(affordable)
    beyond, worst = [], []
    compared = [run for run in chosen if run.config in own]
    for run in compared:
        differing = differences(run.line, own[run.config], exact)
        if differing:
            beyond.append(run)
            worst.append(f"{run.notebook}, {describe(run.config)}: {listed(differing, 2)}")
    if not beyond:
        return
    level = LOOK if not exact and len(beyond) <= CHAOTIC * len(compared) else FAILED
    how = "are not what training gives" if exact else "lie beyond the tolerance for another platform"
    yield Finding(level, STEP, f"{len(beyond):,} of {len(compared):,} recorded runs {how}")
    for text in worst[:NAMED]:
        yield Finding(level, STEP, text)


def within_limits(configs: Sequence[RunConfig], minutes: float) -> tuple[list[RunConfig], list[Finding]]:
    """The configurations that can be trained in about so many minutes of one core, the cheapest first."""
    findings, costs = [], {}
    absent = {}
    for config in dict.fromkeys(configs):
        if (name := config.dataset) not in absent:
            absent[name] = why_absent(name)
        if absent[name]:
            continue
        try:
            found = cost(config)
            if found.n_bytes > MOST_BYTES:
                text = f"not re-trained, it would take {found.n_bytes / 1e9:,.0f} GB of memory: {describe(config)}"
                findings.append(Finding(LOOK, STEP, text))
                continue
            trained_before = cache_path(config).exists()
            if not trained_before:
                dataset_of(config)  # small enough by now; a LabError where the set has not so many examples
            costs[config] = 0.0 if trained_before else found.seconds
        except (LabError, ArithmeticError) as error:
            findings.append(Finding(FAILED, STEP, f"no run can be made of {describe(config)}: {error}"))
    for reason in filter(None, absent.values()):
        findings.append(Finding(LOOK, STEP, f"not re-trained: {reason}"))
    affordable, total = [], 0.0
    for config in sorted(costs, key=costs.__getitem__):
        if total + costs[config] <= 60 * minutes:
            affordable.append(config)
            total += costs[config]
    if left := [config for config in costs if config not in set(affordable)]:
        text = f"{len(left):,} runs were not re-trained: it would take {duration(sum(costs[c] for c in left))} more, "
        text += f"above the limit of {minutes:g} min (--limit); one is {describe(left[0])}"
        findings.append(Finding(LOOK, STEP, text))
    return affordable, findings


def why_absent(dataset: str) -> str:
    """Why a data set cannot be had on this machine, or ""."""
    if DATASETS[dataset].image is None:
        return "its data were passed as arrays" if dataset == "given" else ""
    try:
        load_dataset(dataset)
    except LabError as error:
        return str(error)
    return ""


def differences(theirs: Facts, own: Facts, exact: bool) -> list[str]:
    """What was recorded of a run and is not so here, in words."""
    found = []
    for name, value in theirs["results"].items():
        mine = own["results"][name]
        if value != mine and (exact or not close(name, value, mine)):
            found.append(f"{name} {value}, here {mine}")
    if theirs["stopped"] != own["stopped"]:
        found.append(f"ended by {theirs['stopped']}, here by {own['stopped']}")
    allowed = 0 if exact else max(2, LOSS_SHARE * own["epochs"])
    if abs(theirs["epochs"] - own["epochs"]) > allowed:
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
