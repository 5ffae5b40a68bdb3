"""Train what is missing of a study, and write its table."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from .survey import Survey, stacks
from .table import platform_id, write_table


@dataclass
class Conduct:
    """A study at work: who trains it, where it is kept, and how many runs were there, or were trained now."""

    study: StudyFile
    store: Store
    pool: Pool
    progress: Progress
    n_there: int = 0
    n_trained: int = 0
    platforms: Counter[str] = field(default_factory=Counter)  # how many runs each platform trained
    files: dict[Path, None] = field(default_factory=dict)  # in order, each once

    def train_all(self) -> None:
        """Train what is missing; `files` are then the stacks of the study, in its order."""
        if self.study.adaptive:
            search_settings(self.study.search, self.study.base, self.study.seeds, self.trained)
            return
        for runs in self.pool.train(self.missing(stacks(self.study.configs())), None, self.progress):
            self.keep(runs)

    def missing(self, planned: Iterator[list[RunConfig]]) -> Iterator[list[RunConfig]]:
        """The stacks that are not trained yet, looked for one by one as there is room to train them."""
        for stack in planned:
            self.files[self.store.path(stack)] = None
            if self.store.runs(stack) is None:
                yield stack
            else:
                self.n_there += len(stack)
                self.progress.add(sum(config.n_epochs for config in stack), cached=True)

    def keep(self, runs: list[Run]) -> None:
        self.store.keep(runs)
        self.n_trained += len(runs)

    def trained(self, configs: list[RunConfig]) -> list[Run]:
        """The runs of configs that a search asks for, in their order."""
        planned = list(stacks(iter(configs)))
        for runs in self.pool.train(self.missing(iter(planned)), None, self.progress):
            self.keep(runs)
        found = {run.config: run for stack in planned for run in self.store.runs(stack) or ()}
        return [found[config] for config in configs]


def conduct(study: StudyFile, size: Survey, folder: Path, pool: Pool, table: Path) -> Conduct:
    """Train a study, keep each stack as it arrives, and write the table and what `load_study` reads.

    Called again it trains only what is missing. Raises LabError where a worker or the scheduler of Dask is lost, or a
    file cannot be written; what had arrived is kept.
    """
    store, progress = Store(folder), Progress(size.epochs)
    store.remove_parts()
    work = Conduct(study, store, pool, progress)

    def kept() -> str:
        return f"{work.n_there + work.n_trained:,} of {size.runs:,} runs are kept; run it again to go on."

    with watched(progress, kept):
        work.train_all()
    work.platforms = write_table(table, study.named, work.files)
    write_plan(work)
    return work


def write_plan(work: Conduct) -> None:
    """Write what `load_study` reads: it is there only where the study is whole."""
    study = work.study
    plan = {
        "settings": study.base.as_dict(),
        "named": study.named,
        "varied": [name for name in study.named if name != "seed" or len(study.seeds) > 1],
        "platforms": {platform_id(p): {"runs": n, "machine": json.loads(p)} for p, n in sorted(work.platforms.items())},
        "stacks": [path.name for path in work.files],
    }
    write_atomic(work.store.folder / PLAN, json.dumps(plan, indent=1) + "\n")
