"""What the lab reports R0 to R4 claim, as data: settings, numbers, statements, and what is to know about each."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from ..errors import choice
from ..rounding import worst_if_nan
from ..training.config import RunConfig, as_setting
from ..training.run import Run

SETTINGS = ("setup", "chosen", "grid", "tried")


@dataclass(frozen=True)
class Number:
    """A reported result of a run, by its name in `Run.results`, or, with an epoch, a value of its history."""

    quantity: str
    value: float
    epoch: int | None = None

    @property
    def is_fraction(self) -> bool:
        return self.quantity.endswith("accuracy")

    def of(self, run: Run) -> float:
        """The same of a run of ours; an accuracy to four decimals, as the reports have it."""
        if self.epoch is None:
            value = run.results[self.quantity]
        else:
            value = np.interp(self.epoch, run.history.epoch, run.history[self.quantity])
        return round(float(value), 4) if self.is_fraction else float(value)

    def on_scale(self, values: np.ndarray) -> np.ndarray:
        """Values on a scale where equal distances mean as much: the logarithm of a loss, infinite where a run diverged,
        and that of right to wrong answers, as far as four decimals of an accuracy tell."""
        if self.is_fraction:
            right = np.clip(values, 5e-5, 1 - 5e-5)
            return np.log10(right / (1 - right))
        return np.log10(np.maximum(worst_if_nan(values), 1e-30))


@dataclass(frozen=True)
class Reported:
    """All that an entry tells of one run of a report.

    `where` fixes what the claim varies, `chosen` what the report leaves open there, and we chose.
    """

    numbers: tuple[Number, ...]
    where: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)

    @property
    def values(self) -> np.ndarray:
        return np.array([number.value for number in self.numbers])

    def of(self, runs: Iterable[Run]) -> np.ndarray:
        """The same numbers of runs of ours, (runs, numbers)."""
        return np.array([[number.of(run) for number in self.numbers] for run in runs])

    def on_scale(self, values: np.ndarray) -> np.ndarray:
        return np.stack([number.on_scale(values[..., i]) for i, number in enumerate(self.numbers)], axis=-1)


@dataclass(frozen=True)
class Claim:
    """What a report claims, by the `name` that a reader knows: `setup` and `grid` are settings as it states them, one
    value or those that it compares.

    Where it leaves a setting open, our choice stands in `chosen`, or in `tried` where it compares. `says` are its
    statements by a short name, `note` what is to know about the report, `why` explains a verdict, by its first word.
    """

    id: str
    name: str
    setup: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)
    grid: dict[str, list] = field(default_factory=dict)
    tried: dict[str, list] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()
    says: dict[str, str] = field(default_factory=dict)
    note: str = ""
    why: dict[str, str] = field(default_factory=dict)

    @property
    def report(self) -> str:
        return self.id[:2]

    @property
    def axes(self) -> dict[str, list]:
        """What the claim varies, as run_study takes it."""
        return self.grid | self.tried

    def config(self, **changes) -> RunConfig:
        """The settings of the claim, with some changed. What it varies is in `axes`."""
        return RunConfig(**self.setup | self.chosen | changes)


@cache
def claims() -> dict[str, Claim]:
    """All claims by id."""
    entries = tomllib.loads(Path(__file__).with_name("claims.toml").read_text(encoding="utf-8"))
    return {name: read_claim(name, entry, entries) for name, entry in entries.items()}


def read_claim(name: str, entry: dict, entries: dict) -> Claim:
    """A claim from its entry. What it says of a setting stands above what the entry says that it is based on."""
    base, own = entries.get(entry.get("as"), {}), {}
    for part in SETTINGS:
        for setting, value in entry.get(part, {}).items():
            own[setting] = part, [as_setting(v) for v in value] if part in ("grid", "tried") else as_setting(value)
    said = {k: (part, as_setting(v)) for part in ("setup", "chosen") for k, v in base.get(part, {}).items()} | own
    parts = {part: {k: value for k, (where, value) in said.items() if where == part} for part in SETTINGS}
    reported = tuple(read_reported(place) for place in entry.get("at", [entry]) if {"result", "trace"} & place.keys())
    words = {name: entry[name] for name in ("says", "note", "why") if name in entry}
    return Claim(name, entry["name"], **parts, reported=reported, **words)


def read_reported(place: dict) -> Reported:
    numbers = [Number(quantity, value) for quantity, value in place.get("result", {}).items()]
    for quantity, values in place.get("trace", {}).items():
        numbers += [Number(quantity, value, int(epoch)) for epoch, value in values.items()]
    where, chosen = ({k: as_setting(v) for k, v in place.get(part, {}).items()} for part in ("where", "chosen"))
    return Reported(tuple(numbers), where, chosen if where else {})


def claim(name: str) -> Claim:
    """A claim by its id. Raises LabError for an unknown one."""
    choice("claim", name, claims())
    return claims()[name]
