"""Paths of this machine in what a notebook shows, as its errors and warnings do: a report names nobody's home folder,
and the same run shows the same text wherever the project lies."""

import re
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..project.project import LIBRARY

SEPARATOR = r"[/\\]"
END = r"(?![\w.-])"  # of a folder's name


def without_folders(text: str, root: Path) -> str:
    """The text with the paths below the project's `root`, labkit's folder, Python's and the home folder shortened."""
    for pattern, short in shortened(root):
        text = pattern.sub(short, text)
    return text


@cache
def shortened(root: Path) -> list[tuple[re.Pattern, str]]:
    """What is looked for and what stands in its place, the longest first."""
    paths = sysconfig.get_paths()
    home = Path.home()
    folders = {
        Path(paths["purelib"]): "site-packages/",
        Path(paths["stdlib"]): "python/",
        LIBRARY.parent: "",
        root: "",
    }
    found = {spelled: short for folder, short in folders.items() for spelled in written_ways(folder, home)}
    patterns = []
    for spelled, short in sorted(found.items(), key=lambda one: -len(one[0])):
        patterns.append((re.compile(re.escape(spelled) + SEPARATOR), short))
        patterns.append((re.compile(re.escape(spelled) + END), short.rstrip("/") or "."))
    return [*patterns, (re.compile(re.escape(str(home)) + f"(?={SEPARATOR}|{END})"), "~")]


def written_ways(folder: Path, home: Path) -> Iterable[str]:
    """A folder as it may be written: as it is, without links, and from the home folder on, as IPython writes it."""
    for path in {folder, folder.resolve()}:
        if len(path.parts) > 1:
            yield str(path)
            if path.is_relative_to(home) and path != home:
                yield f"~/{path.relative_to(home).as_posix()}"
