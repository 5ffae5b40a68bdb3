"""Where things lie in a project folder, and the one way files are written there."""

import os
import tempfile
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


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write `content` so that at every moment the old file or the new one is there, never a part of one."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
