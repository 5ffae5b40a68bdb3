"""Which files a kernel reads and writes: what a notebook makes is none of its inputs, and what it reads is one.

Seen is what the kernel's own process opens, moves or removes below the project's folder, as Python's audit events tell
it. Files that a program it starts, or a library of another language, opens by itself are not.
"""

import hashlib
import importlib.util
import json
import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path

MISSING = "missing"
NOT_TRACED = ("reports", "labkit", "labreport")  # what is built, and what a build knows by itself


def content_hash(path: Path) -> str:
    """SHA-256 of a file's content, or that it is missing."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):  # a name that no file can have is one of none
        return MISSING


@dataclass
class Traced:
    """What a kernel did to files, by path from the project's folder.

    `read` has the hash that each file had when it was last read, of those that the kernel had not written before;
    `wrote` are the files that it opened for writing, moved or removed.
    """

    read: dict[str, str] = field(default_factory=dict)
    wrote: set[str] = field(default_factory=set)


def read_trace(path: Path) -> Traced:
    """What a kernel noted, also one that died while it wrote."""
    traced = Traced()
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(ValueError):
            name, state = json.loads(line)
            if state is None:
                traced.wrote.add(name)
            else:
                traced.read[name] = state
    return traced


class Tracer:
    """Notes in `file`, a line of JSON each, what happens to the files below `root` in this process."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root = root
        self.file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.seen = Traced()
        self.noting = threading.local()

    def hook(self, event: str, arguments: tuple) -> None:
        """For `sys.addaudithook`. An error here would be one of the notebook: there is none."""
        if event not in EVENTS or getattr(self.noting, "now", False):
            return
        self.noting.now = True  # a file that is read for its hash is no file that the notebook reads
        try:
            with suppress(Exception):
                EVENTS[event](self, *arguments)
        finally:
            self.noting.now = False

    def opened(self, path: object, mode: str | None, flags: int) -> None:
        access = flags & (os.O_WRONLY | os.O_RDWR)
        if access != os.O_WRONLY and not flags & os.O_TRUNC:
            self.reads(path)
        if access:
            self.writes(path)

    def connected(self, database: object) -> None:
        """A data base of sqlite, which is a file that may be read and written."""
        name = os.fsdecode(database).removeprefix("file:").partition("?")[0]
        self.reads(name)
        self.writes(name)

    def moved(self, source: object, target: object, *_: object) -> None:
        self.writes(source)
        self.writes(target)

    def removed(self, path: object, folder: int = -1) -> None:
        if folder == -1:  # else the name is one in a folder that only the system knows, as while a tree is removed
            self.writes(path)

    def tree_removed(self, folder: object, *_: object) -> None:
        for path in Path(folder).rglob("*"):
            self.writes(path)

    def reads(self, path: object, *_: object) -> None:
        name = self.name(path)
        if name and name not in self.seen.wrote:
            state = content_hash(self.root / name)
            if self.seen.read.get(name) != state:
                self.seen.read[name] = state
                self.note(name, state)

    def writes(self, path: object, *_: object) -> None:
        name = self.name(path)
        if name and name not in self.seen.wrote:
            self.seen.wrote.add(name)
            self.note(name, None)

    def note(self, name: str, state: str | None) -> None:
        os.write(self.file, json.dumps([name, state]).encode() + b"\n")

    def name(self, path: object) -> str:
        """How a file is called here; nothing for folders, and for files that are not of the notebooks."""
        place = Path(normpath(Path.cwd() / os.fsdecode(path)))
        if not place.is_relative_to(self.root) or place.is_relative_to(sys.prefix) or place.is_dir():
            return ""
        if place.parent.name == "__pycache__":
            place = Path(importlib.util.source_from_cache(place))
        parts = place.relative_to(self.root).parts
        if parts[0] in NOT_TRACED or any(part.startswith(".") or part == "site-packages" for part in parts):
            return ""
        return "/".join(parts)


EVENTS = {
    "open": Tracer.opened,
    "os.rename": Tracer.moved,
    "os.remove": Tracer.removed,
    "os.truncate": Tracer.writes,
    "os.link": Tracer.moved,
    "os.symlink": Tracer.moved,
    "shutil.rmtree": Tracer.tree_removed,
    "sqlite3.connect": Tracer.connected,
}
