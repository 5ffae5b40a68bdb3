"""The file that the address of a picture means. Only files of the project are opened, and nothing is fetched."""

import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path, PureWindowsPath
from unicodedata import normalize
from urllib.parse import unquote

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.I)
NETWORK = re.compile(r"(?:https?|ftp):|//", re.I)
BEHIND = re.compile(r"[?#].*", re.S)  # the name of a file, as in plot.png?raw=true or plot.png#center


class NoPicture(Exception):
    """Why a picture cannot be shown."""


def file_of(address: str, folder: Path, root: Path) -> Path:
    """The file that an address in a notebook of `folder` means, there or not.

    Raise NoPicture for what lies outside of the folder `root`, links of the file system followed: anybody's notebook
    could bring a file of this machine into a report.
    """
    if NETWORK.match(address):
        raise NoPicture("nothing is fetched from a network; put the file beside the notebook")
    names = [] if SCHEME.match(address) else spellings(address)
    paths = [None if PureWindowsPath(name).anchor else Path(normpath(folder / name)) for name in names]
    inside = [path for path in paths if path and is_below(path, root)]
    if not inside or inside[0] is not paths[0]:
        raise NoPicture(f"it must be a file below the folder {root.resolve().name!r}, named from the notebook's own")
    return next((path for path in inside if is_file(path)), inside[0])


def spellings(address: str) -> list[str]:
    """What a file of this address may be called, from the likeliest on: `%20` may be a space, and another system may
    have written `\\` between folders, or letters and their accents apart."""

    def spelled(name: str) -> Iterator[str]:
        for path in (name, name.replace("\\", "/")):
            yield from (path, normalize("NFC", path), normalize("NFD", path))

    written = (unquote(BEHIND.sub("", address)), unquote(address), address)
    return list(dict.fromkeys(name for one in written for name in spelled(one)))


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for this system
        return False


def is_below(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):  # no name that this system can have; links that lead to each other
        return False
