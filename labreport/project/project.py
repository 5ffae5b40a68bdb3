"""Where things lie: the two packages, and what is in a project folder."""

import os
from dataclasses import dataclass
from pathlib import Path

import labkit
from labkit.errors import LabError

LIBRARY = Path(labkit.__file__).parent
BIBLIOGRAPHY = "references.bib"
MACHINERY = LIBRARY.parent / "labreport"


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
    def quick(self) -> Path:
        """The small values of every notebook, with which any lab is built in seconds."""
        return self.notebooks / "quick.toml"

    @property
    def bibliography(self) -> Path:
        """What the notebooks may cite, in BibTeX."""
        return self.notebooks / BIBLIOGRAPHY

    def read_bibliography(self) -> str:
        """The text of the bibliography, "" if there is none. Raise LabError if it cannot be read."""
        try:
            return self.bibliography.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            raise LabError(f"{self.short(self.bibliography)} cannot be read: {error}") from None

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"

    def beside(self) -> list[Path]:
        """The files that lie beside the notebooks, as pictures and data do: no notebook, lab, or hidden file."""
        files = files_below(self.notebooks)
        own = (path for path in files if path.suffix != ".ipynb" and path != self.quick)
        return [path for path in own if not path.is_relative_to(self.labs)]

    def reports(self, lab: str) -> Path:
        """The folder of all that is built from one lab."""
        return self.root / "reports" / lab

    def short(self, path: Path) -> str:
        """`path` as it is shown: relative to the root, with slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def python_path() -> dict[str, str]:
    """What lets a process that is started import this labkit and labreport, not others that are installed."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(LIBRARY.parent), os.environ.get("PYTHONPATH")]))}


def files_below(folder: Path) -> list[Path]:
    """The files below a folder in order, without hidden ones and byte code."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            found.append(path)
    return found
