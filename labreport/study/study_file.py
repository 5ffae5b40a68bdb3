"""The TOML file of a study: the settings of all its runs, and a grid or a search over some of them."""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from labkit.analysis.search import Search, read_space
from labkit.errors import COUNT_OR_NONE, SEED_OR_NONE, WHOLE, LabError, choice, shown
from labkit.training.config import RunConfig
from labkit.training.stack import PER_RUN

from ..project.labs import check_keys, read_toml

SECTIONS = ("seeds", "run", "grid", "search")
SEARCH_KEYS = ("n_settings", "sampler", "goal", "seed", "space")
EXAMPLE = "lr = [0.1, 0.3]"


@dataclass(frozen=True)
class StudyFile:
    """A study as its file says: every setting of `grid` or of `search` is trained with each of the seeds."""

    name: str
    file: str
    base: RunConfig
    seeds: tuple[int, ...]
    grid: dict[str, list]
    search: Search | None

    @property
    def named(self) -> list[str]:
        """The settings that the file varies, in the order of the table."""
        return [*(self.search.space if self.search else self.grid), "seed"]

    @property
    def adaptive(self) -> bool:
        """Whether what is trained depends on how earlier runs ended."""
        return self.search is not None and self.search.sampler != "random"

    def configs(self) -> Iterator[RunConfig]:
        """The runs, one after another, so that millions need no memory; those of a setting follow each other.

        Settings that change a shape change last, because only runs of one shape share a stack.
        """
        for setting in self.settings():
            config = self.base.replace(**setting)
            for seed in self.seeds:  # which are checked: checking the config again for each takes 50 times as long
                twin = copy(config)
                object.__setattr__(twin, "seed", seed)
                yield twin

    def settings(self) -> Iterator[dict[str, Any]]:
        """The settings of the grid, or those that a random search draws."""
        if self.search:
            yield from self.search.drawn()
            return
        names = sorted(self.grid, key=lambda name: name in PER_RUN)
        for values in product(*(self.grid[name] for name in names)):
            yield dict(zip(names, values, strict=True))


def read_study(path: Path) -> StudyFile:
    """Read and check a file. Raise LabError for what must be mended; that all settings go together, `survey` checks."""
    file, table = str(path), read_toml(path, str(path))
    check_keys(table, SECTIONS, "section", file)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,99}", path.stem):
        raise LabError(f"a study is called after its file, by letters, digits, - and _; got {shown(path.stem)}")
    if ("grid" in table) == ("search" in table):
        raise LabError(f"{file} needs a [grid] or a [search], and not both")
    try:
        base = RunConfig(**section_of(table, "run"))
        seeds = seeds_of(table.get("seeds", 10))
        grid = axes_of(base, table["grid"]) if "grid" in table else {}
        search = search_of(base, table["search"]) if "search" in table else None
    except LabError as error:
        raise LabError(f"{file}: {error}") from None
    return StudyFile(path.stem, file, base, seeds, grid, search)


def section_of(table: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(values := table.get(name, {}), dict):
        raise LabError(f"[{name}] must be a table; got {shown(values)}")
    return values


def seeds_of(given: Any) -> tuple[int, ...]:
    """The seeds: as many as a number says, from 0 on, or those of a list."""
    if not isinstance(given, list):
        COUNT_OR_NONE("seeds", given)
        return tuple(range(given))
    if not given or len({*map(repr, given)}) < len(given):
        raise LabError(f"seeds must be a number of them, or a list of different ones; got {shown(given)}")
    for seed in given:
        SEED_OR_NONE("a seed of seeds", seed)
    return tuple(given)


def axes_of(base: RunConfig, grid: Any) -> dict[str, list]:
    """The values of each setting of a grid, each checked."""
    if not isinstance(grid, dict) or not grid:
        raise LabError(f"[grid] must have a list of values for each setting, such as {EXAMPLE}; got {shown(grid)}")
    for name, values in grid.items():
        check_setting(base, name)
        if not isinstance(values, list) or not values:
            raise LabError(f"{name} in [grid] must be a list of values, such as {EXAMPLE}; got {shown(values)}")
    return {name: list(dict.fromkeys(settings_of(base, name, values))) for name, values in grid.items()}


def search_of(base: RunConfig, table: Any) -> Search:
    if not isinstance(table, dict):
        raise LabError(f"[search] must be a table; got {shown(table)}")
    for key in table:
        choice("[search] key", key, SEARCH_KEYS)
    space = section_of(table, "space")
    for name in space:
        check_setting(base, name)
    given = {key: value for key, value in table.items() if key != "space"}
    WHOLE("seed in [search]", given.get("seed", 0))
    search = Search(read_space(space), **given)
    for name, values in search.space.items():
        settings_of(base, name, values if isinstance(values, list) else [values.low, values.high])
    return search


def settings_of(base: RunConfig, name: str, values: list) -> list:
    """The values of a setting as a config keeps them. Raises LabError for one that is not allowed."""
    return [getattr(base.replace(**{name: value}), name) for value in values]


def check_setting(base: RunConfig, name: str) -> None:
    if name == "seed":
        raise LabError("seeds are not varied like other settings: write seeds = 10 at the top of the file")
    choice("setting", name, base.as_dict())
