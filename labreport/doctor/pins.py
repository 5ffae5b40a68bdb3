"""The packages that are installed, held against the pins of requirements.txt."""

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
PIN = re.compile(r"([\w.-]+)\s*==\s*([^\s;#]+)\s*(?:;\s*(\w+)\s*==\s*\"([^\"]*)\")?\s*(?:#.*)?")
PYTHON_VERSION = ".".join(platform.python_version_tuple()[:2])
ENVIRONMENT = {"python_version": PYTHON_VERSION, "sys_platform": sys.platform}  # what a condition may ask for


def pins(requirements: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each package that is pinned for this Python and system. Raise OSError if there is no file."""
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if found := PIN.fullmatch(line.strip()):
            name, version, variable, wanted = found.groups()
            if variable is None or ENVIRONMENT.get(variable) == wanted:
                yield name, version


def oldest_python() -> str:
    """The oldest version of Python that all pins take."""
    return re.search(r'requires-python = ">=([\d.]+)"', PYPROJECT.read_text(encoding="utf-8")).group(1)


def installed(name: str) -> str | None:
    """The version of a package, or None if it is not there or its folder is damaged."""
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, KeyError):  # a damaged one has no version
        return None
