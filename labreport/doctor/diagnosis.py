"""What a check of `labkit doctor` finds, and the command that installs what is missing."""

import os
import sys
from dataclasses import dataclass

from ..project.project import Project

PYTHON = f'"{sys.executable}"' if " " in sys.executable else sys.executable
INSTALL = "-m pip install -r requirements.txt -e ."


@dataclass(frozen=True)
class Diagnosis:
    """What a check found; `mend` says how to put it right, or how to get what is optional."""

    text: str
    mend: str = ""
    ok: bool = True


def wrong(text: str, mend: str) -> Diagnosis:
    return Diagnosis(text, mend, ok=False)


def install(project: Project) -> str:
    """How to get all packages in the right version: in the environment in use, else in the project's own."""
    own = project.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if sys.prefix != sys.base_prefix:
        return f"{PYTHON} {INSTALL}"
    if own.exists():
        return f"the packages are in .venv: use {project.short(own)} in place of {PYTHON}"
    return f"{PYTHON} -m venv .venv, then {project.short(own)} {INSTALL}"
