"""How many seeds and epochs the experiments of the ledger take, and the runs that they are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..experiments.study import Study, run_study, study_of
from ..training.config import RunConfig
from .judge import Verdict, claim

Entries = dict[str, list[Verdict]]
TIME = "seconds differ from build to build"  # why a statement on time cannot be tested


@dataclass
class Plan:
    """Seeds of each setting, more of them for exact numbers, fewer on MNIST; `target` is the loss of "faster".

    `share_of_epochs` below 1 shortens every run, and then nothing is tested. `studies` collects all that was run.
    """

    n_seeds: int = 10
    n_seeds_numbers: int = 20
    n_seeds_mnist: int = 3
    share_of_epochs: float = 1.0
    target: float = 0.05
    studies: list[Study] = field(default_factory=list)

    def __post_init__(self):
        self.few, self.many, self.digits = map(range, (self.n_seeds, self.n_seeds_numbers, self.n_seeds_mnist))
        self.fresh = range(100, 100 + self.n_seeds)  # seeds that no search has seen

    def run(self, name: str, seeds: Iterable[int] | None = None, **changes) -> Study:
        """The runs that test a claim: its settings and its grid with every seed, the plan's few unless others are
        given, and changes as run_study takes them."""
        found = claim(name)
        config = self.shortened(found.config(n_epochs=changes.pop("n_epochs", found.config().n_epochs)))
        return self.keep(run_study(config, **found.grid | changes, seed=list(self.few if seeds is None else seeds)))

    def run_numbers(self, name: str, seeds: Iterable[int], **changes) -> Study:
        """The runs that test the numbers of a claim, where what we chose differs from one number to the next."""
        found = claim(name)
        configs = [self.shortened(found.config(**n.where | n.chosen | changes)) for n in found.numbers]
        configs = [config.replace(seed=seed) for config in dict.fromkeys(configs) for seed in seeds]
        return self.keep(study_of(configs, list(found.grid)))

    def shortened(self, config: RunConfig) -> RunConfig:
        return config.replace(n_epochs=max(1, round(config.n_epochs * self.share_of_epochs)))

    def keep(self, study: Study) -> Study:
        self.studies.append(study)
        return study
