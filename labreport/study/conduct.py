"""Train what is missing of a study, and write its table."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from labkit.analysis.search import search_settings
from labkit.experiments.bar import watched
from labkit.experiments.processes import Pool
from labkit.experiments.progress import Progress
from labkit.experiments.stored import PLAN
from labkit.files import write_atomic
from labkit.training.config import RunConfig
from labkit.training.run import Run

from .store import Store
from .study_file import StudyFile
from .survey import Survey, slices, stacks
from .table import platform_id, replaced, write_rows


@dataclass
class Conduct:
    """A study at work: who trains it, where it is kept, and how many runs were there, or were trained now."""

    study: StudyFile
    store: Store
    pool: Pool
    progress: Progress
    n_there: int = 0
    n_trained: int = 0
    asked: list[RunConfig] = field(default_factory=list)  # the runs of a search whose course is not known before
    platforms: Counter[str] = field(default_factory=Counter)  # how many runs each platform trained

    def train_all(self) -> None:
        """Train what is missing."""
        if self.study.adaptive:
            search_settings(self.study.search, self.study.base, self.study.seeds, self.trained)
        else:
            self.train(self.study.configs())

    def train(self, configs: Iterator[RunConfig]) -> None:
        for runs in self.pool.train(self.missing(configs), None, self.progress):
            self.store.keep(runs)
            self.n_trained += len(runs)

    def missing(self, configs: Iterator[RunConfig]) -> Iterator[list[RunConfig]]:
        """Stacks of the runs that are not trained yet, looked for as there is room to train them."""
        for some in slices(configs):
            new = [config for config in some if config not in self.store]
            self.n_there += len(some) - len(new)
            self.progress.add(sum(config.n_epochs for config in some) - sum(c.n_epochs for c in new), cached=True)
            yield from stacks(new)

    def trained(self, configs: list[RunConfig]) -> list[Run]:
        """The runs of configs that a search asks for, in their order."""
        self.asked += configs
        self.train(iter(configs))
        return [run for _, _, run in self.store.runs(configs)]

    def configs(self) -> Iterator[RunConfig]:
        """The runs of the study, in its order."""
        return iter(dict.fromkeys(self.asked)) if self.study.adaptive else self.study.configs()

    def write(self, table: Path) -> None:
        """Write the table, a few thousand runs at a time, and then what `load_study` reads: it is there only where the
        study is whole."""
        places: list[tuple[str, list[int]]] = []
        with replaced(table) as writer:
            for some in slices(self.configs()):
                found = self.store.runs(some)
                write_rows(writer, self.platforms.total(), [run for _, _, run in found], self.study.named)
                self.platforms.update(run.platform for _, _, run in found)
                for name, group in groupby(found, key=lambda place: place[0]):
                    places.append((name, [row for _, row, _ in group]))
        plan = {
            "settings": self.study.base.as_dict(),
            "named": self.study.named,
            "varied": [name for name in self.study.named if name != "seed" or len(self.study.seeds) > 1],
            "platforms": {platform_id(p): {"runs": n, "machine": json.loads(p)} for p, n in self.platforms.items()},
            "runs": places,
        }
        write_atomic(table.parent / PLAN, json.dumps(plan) + "\n")


def conduct(study: StudyFile, size: Survey, folder: Path, pool: Pool, table: Path) -> Conduct:
    """Train a study, keep each stack as it arrives, and write the table and what `load_study` reads.

    Called again it trains only what is missing. Raises LabError where a worker or the scheduler of Dask is lost, or a
    file cannot be written; what had arrived is kept.
    """
    work = Conduct(study, Store(folder), pool, Progress(size.epochs))

    def kept() -> str:
        return f"{work.n_there + work.n_trained:,} of {size.runs:,} runs are kept; run it again to go on"

    with watched(work.progress, kept):
        work.train_all()
    work.write(table)
    return work
