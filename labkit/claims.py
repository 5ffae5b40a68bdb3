"""Claims of the lab reports R0 to R4 as data, and the verdict on them against the runs of a study.

A claim is one run's number, ours are a distribution over seeds: the claim holds where it lies in the middle 80 % of our
runs, holds with a condition where only the rarer runs, or those of a study with a named condition, come to it, and does
not hold where no run does. A claim in words is held against a number of comparisons in the same way. Runs of other
settings than the claim's cannot test it, and the verdict says so.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from .config import RunConfig
from .errors import LabError, choice
from .rounding import quantiles, setting_text
from .runs import Run
from .studies import Study

HOLDS, CONDITION, FAILS, UNTESTED = "holds", "holds with a condition", "does not hold", "cannot be tested"
MOSTLY, SOMETIMES = 0.8, 0.2  # shares of comparisons in which a statement is true to hold, or to hold at times
FREE = ("seed", "data_seed", "dtype")  # settings in which the runs that test one number may differ
NAMES = {"train_loss": "final loss", "train_accuracy": "final accuracy"}


@dataclass(frozen=True)
class Number:
    """A claimed result of a run, or, with an epoch, a value of its history. `where` fixes what the claim varies."""

    quantity: str  # a name of Run.results
    value: float
    epoch: int | None = None
    where: dict = field(default_factory=dict)

    @property
    def is_fraction(self) -> bool:
        return self.quantity.endswith("accuracy")

    @property
    def label(self) -> str:
        """What is claimed in words: "loss at 5,000", "final loss, lr 0.1"."""
        name = NAMES.get(self.quantity, self.quantity.replace("_", " ").replace("val ", "validation "))
        if self.epoch is not None:
            name = f"{name.removeprefix('final ')} at {self.epoch:,}"
        return ", ".join([name, *(f"{setting} {setting_text(value)}" for setting, value in self.where.items())])


@dataclass(frozen=True)
class Claim:
    """What a report claims: `setup` as it states it, `chosen` where it leaves a setting open, `grid` what it varies.

    `says` are its statements by a short name, `note` what is to know about the report, `needs` "mnist" or "torch"
    where these must be installed to test it.
    """

    id: str
    setup: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)
    grid: dict[str, list] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()
    says: dict[str, str] = field(default_factory=dict)
    note: str = ""
    needs: tuple[str, ...] = ()

    @property
    def settings(self) -> dict:
        return self.setup | self.chosen

    @property
    def result(self) -> dict[str, float]:
        """Claimed final results by name."""
        return {n.quantity: n.value for n in self.numbers if n.epoch is None and not n.where}

    @property
    def trace(self) -> dict[int, float]:
        """Claimed training losses by epoch."""
        return {n.epoch: n.value for n in self.numbers if n.epoch is not None and n.quantity == "train_loss"}

    def config(self, **changes) -> RunConfig:
        """The settings of the claim, with some changed. What it varies is in `grid`, as run_study takes it."""
        return RunConfig(**self.settings | changes)


@dataclass(frozen=True)
class Verdict:
    """A claim against ours: `values` of our runs, the verdict, and the reason for it in a few words.

    Of a claim in words, `quantity` holds the words, `claimed` is 1, and `values` are 1 where it was so, else 0.
    """

    claim: str
    quantity: str
    claimed: float
    values: np.ndarray
    verdict: str
    reason: str
    kind: str = "number"  # or "fraction", or "statement"

    @property
    def share_below(self) -> float:
        """The fraction of our runs at or below the claimed number, nan without runs."""
        return (
            float(np.mean(finite_or_infinite(self.values) <= finite_or_infinite(self.claimed)))
            if len(self.values)
            else np.nan
        )


@cache
def claims() -> dict[str, Claim]:
    """All claims by id."""
    entries = tomllib.loads((Path(__file__).parent / "data" / "claims.toml").read_text(encoding="utf-8"))
    return {name: read_claim(name, entry, entries) for name, entry in entries.items()}


def read_claim(name: str, entry: dict, entries: dict) -> Claim:
    base = entries[entry["as"]] if "as" in entry else {}
    setup, chosen = (
        {k: tupled(v) for k, v in (base.get(part, {}) | entry.get(part, {})).items()} for part in ("setup", "chosen")
    )
    at = [{"result": entry.get("result", {}), "trace": entry.get("trace", {})}, *entry.get("at", [])]
    return Claim(
        name,
        {k: v for k, v in setup.items() if k not in entry.get("chosen", {}) | entry.get("grid", {})},
        {k: v for k, v in chosen.items() if k not in entry.get("setup", {}) | entry.get("grid", {})},
        {k: [tupled(v) for v in values] for k, values in entry.get("grid", {}).items()},
        tuple(number for place in at for number in read_numbers(place)),
        entry.get("says", {}),
        entry.get("note", ""),
        tuple(entry.get("needs", ())),
    )


def read_numbers(place: dict) -> Iterable[Number]:
    where = {k: tupled(v) for k, v in place.get("where", {}).items()}
    for quantity, value in place.get("result", {}).items():
        yield Number(quantity, value, None, where)
    for quantity, values in place.get("trace", {}).items():
        for epoch, value in values.items():
            yield Number(quantity, value, int(epoch), where)


def tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def claim(name: str) -> Claim:
    """A claim by its id. Raises LabError for an unknown one."""
    choice("claim", name, claims())
    return claims()[name]


def judge(name: str, *studies: Study, condition: tuple[str, Study] | None = None) -> list[Verdict]:
    """The verdict on each number of a claim, from those runs that have its settings.

    `condition` names a further study, in which the claim may hold instead; its settings need not be the claim's.
    """
    found = claim(name)
    runs = [run for study in studies for run in study.members]
    return [verdict(found, number, runs, condition) for number in found.numbers]


def verdict(found: Claim, number: Number, runs: Sequence[Run], condition: tuple[str, Study] | None = None) -> Verdict:
    """The verdict on one number of a claim."""
    kind = "fraction" if number.is_fraction else "number"
    settings = found.settings | number.where
    fitting = [run for run in runs if not differing(settings, run)]
    if not fitting:
        reason = min((differing(settings, run) for run in runs), key=len, default=["there is no run"])[0]
        return Verdict(found.id, number.label, number.value, np.array([]), UNTESTED, reason, kind)
    check_alike(found, fitting)
    values = values_of(number, fitting)
    return Verdict(found.id, number.label, number.value, values, *outcome(number, values, condition), kind)


def outcome(number: Number, values: np.ndarray, condition: tuple[str, Study] | None) -> tuple[str, str]:
    claimed, reached = finite_or_infinite(number.value), finite_or_infinite(values)
    low, _, high = quantiles(values)
    n = len(values)
    if low <= claimed <= high:
        return HOLDS, "in the middle 80 % of our runs"
    if reached.min() <= claimed <= reached.max():
        rare = int(min((reached <= claimed).sum(), (reached >= claimed).sum()))
        return CONDITION, f"a rare seed: {rare} of {n} runs go as far"
    if condition is not None:
        words, other = condition
        others = finite_or_infinite(values_of(number, other.members))
        if others.min() <= claimed <= others.max():
            return CONDITION, words
    return FAILS, f"{'above' if claimed > reached.max() else 'below'} all {n} runs"


def judge_statement(
    name: str, statement: str, held: Sequence[bool], condition: tuple[str, Sequence[bool]] | None = None
) -> Verdict:
    """The verdict on a statement of a claim, by its short name; `held` says of each comparison whether it was so.

    `condition` names further comparisons, in which it may hold instead.
    """
    says = claim(name).says
    choice(f"statement of {name}", statement, says)
    held = np.asarray(held, float)
    n_true, n = int(held.sum()), len(held)
    if not n:
        found = UNTESTED, "there is nothing to compare"
    elif n_true >= MOSTLY * n:
        found = HOLDS, f"in {n_true} of {n}" if n > 1 else "it is so"
    elif condition is not None and np.mean(condition[1]) >= MOSTLY:
        found = CONDITION, condition[0]
    elif n_true >= SOMETIMES * n:
        found = CONDITION, f"it depends: in {n_true} of {n}"
    else:
        found = FAILS, f"in {n_true} of {n}" if n > 1 else "it is not so"
    return Verdict(name, says[statement], 1.0, held, *found, "statement")


def overall(verdicts: Sequence[Verdict]) -> str:
    """One verdict for an entry: it holds where all of it does, and does not where none of it does.

    What cannot be tested counts only where nothing else is left.
    """
    found = {v.verdict for v in verdicts} - {UNTESTED}
    if not found:
        return UNTESTED
    return found.pop() if len(found) == 1 else CONDITION


def differing(settings: dict, run: Run) -> list[str]:
    """The settings in which a run is not as claimed, as "our n_epochs is 500, the claim's 50000"."""
    pairs = {name: (getattr(run.config, name), claimed) for name, claimed in settings.items()}
    return [
        f"our {name} is {ours!r}, the claim's {claimed!r}" for name, (ours, claimed) in pairs.items() if ours != claimed
    ]


def check_alike(found: Claim, runs: Sequence[Run]) -> None:
    """Raise LabError where runs for one number differ in a setting that the claim leaves open: it must be decided."""
    first = runs[0].config.as_dict()
    for run in runs:
        for name, value in run.config.as_dict().items():
            if name not in FREE and value != first[name]:
                raise LabError(
                    f"runs that test {found.id} must agree in {name}, which it leaves open; "
                    f"got {first[name]!r} and {value!r}"
                )


def values_of(number: Number, runs: Sequence[Run]) -> np.ndarray:
    """The claimed quantity of every run; accuracies to four decimals, as the reports have them."""
    if number.epoch is None:
        values = np.array([run.results[number.quantity] for run in runs], float)
    else:
        values = np.array([np.interp(number.epoch, run.history.epoch, run.history[number.quantity]) for run in runs])
    return values.round(4) if number.is_fraction else values


def finite_or_infinite(values: np.ndarray | float) -> np.ndarray:
    """A nan, of a run that diverged, as infinity: it can be compared, and is worse than every number."""
    return np.where(np.isnan(values), np.inf, values)
