"""Where things lie in a project folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The paths of a project. `root` holds notebooks/, reports/ and requirements.txt."""

    root: Path

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def labs(self) -> Path:
        return self.notebooks / "labs"

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"

    def reports(self, lab: str) -> Path:
        """The folder of all that is built from one lab."""
        return self.root / "reports" / lab

    def short(self, path: Path) -> str:
        """`path` as it is shown: relative to the root, with slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
