"""The folder of a study: which runs are trained, and in which file. A stack is a file, written as it arrives."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from labkit.errors import LabError
from labkit.experiments.cache import engine_version
from labkit.experiments.stored import STACKS, load_stack, read_stack, run_key, save_stack, stack_name
from labkit.files import PART
from labkit.training.config import RunConfig
from labkit.training.run import Run


class Store:
    """The trained runs of a study. A run is found by its settings, whichever stack it was trained in: of a study that
    is made larger, only what is new is trained."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / STACKS
        self.names: list[str] = []
        self.places: dict[int, tuple[int, int]] = {}  # number of the stack in `names`, and row, by key of the run
        for part in self.folder.glob(f".*{PART}"):  # what a process that was killed was writing
            part.unlink(missing_ok=True)
        for path in sorted(self.folder.glob("[!.]*")):
            try:
                facts, _ = read_stack(path)
            except LabError:
                continue  # it is damaged, and trained again
            if facts["engine"] == engine_version():
                self.note(path.name, facts["keys"])

    def note(self, name: str, keys: Iterable[int]) -> None:
        """Note a stack. A run that two stacks hold, as one does whose worker was believed dead, counts once."""
        self.names.append(name)
        for row, key in enumerate(keys):
            self.places.setdefault(key, (len(self.names) - 1, row))

    def keep(self, runs: list[Run]) -> None:
        """Write a stack that was trained."""
        configs = [run.config for run in runs]
        name = stack_name(configs)
        save_stack(self.folder / name, runs)
        self.note(name, map(run_key, configs))

    def __contains__(self, config: RunConfig) -> bool:
        return run_key(config) in self.places

    def runs(self, configs: Sequence[RunConfig]) -> list[tuple[str, int, Run]]:
        """Stack, row and run of each config, in order. Raises LabError where a stack was damaged since it was noted."""
        places = [self.places[run_key(config)] for config in configs]
        loaded = {number: load_stack(self.folder / self.names[number]) for number in {number for number, _ in places}}
        return [(self.names[number], row, loaded[number][row]) for number, row in places]
