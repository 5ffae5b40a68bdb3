"""The folder of a study: its stacks, each in a file that is written as it arrives."""

from dataclasses import dataclass
from pathlib import Path

from labkit.errors import LabError
from labkit.experiments.stored import STACKS, load_stack, save_stack, stack_name
from labkit.files import PART
from labkit.training.config import RunConfig
from labkit.training.run import Run


@dataclass(frozen=True)
class Store:
    """The stacks of a study that are trained."""

    folder: Path

    def path(self, stack: list[RunConfig]) -> Path:
        return self.folder / STACKS / stack_name(stack)

    def runs(self, stack: list[RunConfig]) -> list[Run] | None:
        """The runs of a stack; None where it is not trained yet, or its file is damaged."""
        path = self.path(stack)
        try:
            return load_stack(path) if path.exists() else None
        except LabError:
            return None

    def keep(self, runs: list[Run]) -> None:
        """Keep the runs of a stack that was trained, unless they have been kept: a stack may be trained twice where
        a worker was believed dead."""
        stack = [run.config for run in runs]
        if self.runs(stack) is None:
            save_stack(self.path(stack), runs)

    def remove_parts(self) -> None:
        """Remove what a process that was killed was writing."""
        for part in self.folder.rglob(f".*{PART}"):
            part.unlink(missing_ok=True)
