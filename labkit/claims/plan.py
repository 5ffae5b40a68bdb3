"""How many seeds and epochs the experiments of the ledger take."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..experiments.study import Study
from .judge import Verdict
from .ledger import reproduce, reproduce_numbers

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

    @property
    def few(self) -> range:
        return range(self.n_seeds)

    @property
    def many(self) -> range:
        return range(self.n_seeds_numbers)

    @property
    def fresh(self) -> range:
        """Seeds that no search has seen."""
        return range(100, 100 + self.n_seeds)

    @property
    def digits(self) -> range:
        return range(self.n_seeds_mnist)

    def run(self, name: str, seeds: Iterable[int] | None = None, **changes) -> Study:
        """The runs that test a claim, with the plan's few seeds unless others are given."""
        return self.keep(reproduce(name, self.few if seeds is None else seeds, self.share_of_epochs, **changes))

    def run_numbers(self, name: str, seeds: Iterable[int], **changes) -> Study:
        """The runs for a claim whose numbers have each settings of their own."""
        return self.keep(reproduce_numbers(name, seeds, self.share_of_epochs, **changes))

    def keep(self, study: Study) -> Study:
        self.studies.append(study)
        return study
