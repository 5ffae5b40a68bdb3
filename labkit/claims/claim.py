"""What the lab reports R0 to R4 claim, as data: settings, numbers, statements, and what is to know about each."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..errors import choice
from ..rounding import setting_text
from ..training.config import RunConfig, as_setting

NAMES = {"train_loss": "final loss", "train_accuracy": "final accuracy"}


@dataclass(frozen=True)
class Number:
    """A claimed result of a run, or, with an epoch, a value of its history.

    `where` fixes what the claim varies, `chosen` what it leaves open there, and we chose.
    """

    quantity: str  # a name of Run.results
    value: float
    epoch: int | None = None
    where: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)

    @property
    def is_fraction(self) -> bool:
        return self.quantity.endswith("accuracy")

    @property
    def label(self) -> str:
        """What is claimed in words: "loss at 5,000", "final loss, lr 0.1"."""
        name = NAMES.get(self.quantity, self.quantity.replace("_", " ").replace("val ", "validation "))
        if self.epoch is not None:
            name = f"{name.removeprefix('final ')} at {self.epoch:,}"
        where = [f"{k} {v:g}" if isinstance(v, float) else setting_text(v) for k, v in self.where.items()]
        return ", ".join([name, *where])


@dataclass(frozen=True)
class Claim:
    """What a report claims: `setup` as it states it, `chosen` where it leaves a setting open, `grid` what it varies.

    `says` are its statements by a short name, `note` what is to know about the report, `why` explains a verdict, by
    "holds", "condition" or "fails".
    """

    id: str
    setup: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)
    grid: dict[str, list] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()
    says: dict[str, str] = field(default_factory=dict)
    note: str = ""
    why: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict:
        return self.setup | self.chosen

    @property
    def trace(self) -> dict[int, float]:
        """Claimed training losses by epoch."""
        return {n.epoch: n.value for n in self.numbers if n.epoch is not None and n.quantity == "train_loss"}

    def config(self, **changes) -> RunConfig:
        """The settings of the claim, with some changed. What it varies is in `grid`, as run_study takes it."""
        return RunConfig(**self.settings | changes)


@cache
def claims() -> dict[str, Claim]:
    """All claims by id."""
    entries = tomllib.loads(Path(__file__).with_name("claims.toml").read_text(encoding="utf-8"))
    return {name: read_claim(name, entry, entries) for name, entry in entries.items()}


def read_claim(name: str, entry: dict, entries: dict) -> Claim:
    base = entries[entry["as"]] if "as" in entry else {}
    setup, chosen = (
        {k: as_setting(v) for k, v in (base.get(part, {}) | entry.get(part, {})).items()}
        for part in ("setup", "chosen")
    )
    at = [{"result": entry.get("result", {}), "trace": entry.get("trace", {})}, *entry.get("at", [])]
    return Claim(
        name,
        {k: v for k, v in setup.items() if k not in entry.get("chosen", {}) | entry.get("grid", {})},
        {k: v for k, v in chosen.items() if k not in entry.get("setup", {}) | entry.get("grid", {})},
        {k: [as_setting(v) for v in values] for k, values in entry.get("grid", {}).items()},
        tuple(number for place in at for number in read_numbers(place)),
        entry.get("says", {}),
        entry.get("note", ""),
        entry.get("why", {}),
    )


def read_numbers(place: dict) -> Iterable[Number]:
    parts = [{k: as_setting(v) for k, v in place.get(part, {}).items()} for part in ("where", "chosen")]
    for quantity, value in place.get("result", {}).items():
        yield Number(quantity, value, None, *parts)
    for quantity, values in place.get("trace", {}).items():
        for epoch, value in values.items():
            yield Number(quantity, value, int(epoch), *parts)


def claim(name: str) -> Claim:
    """A claim by its id. Raises LabError for an unknown one."""
    choice("claim", name, claims())
    return claims()[name]
