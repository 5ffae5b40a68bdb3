"""How many seeds and epochs the experiments behind the verdicts take, and the runs that they are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..experiments.study import Study, run_study, study_of
from ..training.config import RunConfig
from .claim import claim
from .exact_test import ENOUGH

TIME = "seconds differ from build to build"  # why a statement on time cannot be tested


@dataclass
class Plan:
    """Seeds for the numbers of a run, for the two sides of a comparison, and on MNIST; `target` is the loss of
    "faster". `share_of_epochs` below 1 shortens every run, and then nothing is tested."""

    n_seeds: int = 39
    n_seeds_compared: int = 10
    n_seeds_mnist: int = 3
    share_of_epochs: float = 1.0
    target: float = 0.05

    def __post_init__(self):
        self.many, self.few, self.digits = map(range, (self.n_seeds, self.n_seeds_compared, self.n_seeds_mnist))
        self.enough = range(min(ENOUGH, self.n_seeds))  # where a run takes long, and for conditions

    @property
    def is_whole(self) -> bool:
        return self.share_of_epochs == 1

    def run(self, name: str, seeds: Iterable[int], **changes) -> Study:
        """The runs that test a claim: its settings and what it varies with every seed, and changes as run_study takes
        them."""
        found = claim(name)
        config = self.shortened(found.config(n_epochs=changes.pop("n_epochs", found.config().n_epochs)))
        return run_study(config, **found.axes | changes, seed=list(seeds))

    def run_each(self, name: str, seeds: Iterable[int], **changes) -> Study:
        """The runs that test a claim, where what we chose differs from one reported run to the next."""
        found = claim(name)
        configs = [self.shortened(found.config(**r.where | r.chosen | changes)) for r in found.reported]
        configs = [config.replace(seed=seed) for config in dict.fromkeys(configs) for seed in seeds]
        return study_of(configs, list(found.axes))

    def shortened(self, config: RunConfig) -> RunConfig:
        n_epochs = round(config.n_epochs * self.share_of_epochs)
        return config.replace(n_epochs=max(n_epochs, min(1, config.n_epochs)))
