"""Folders for a while. They are short enough for the sockets of a kernel, whatever TMPDIR says, and what a killed
process left of them goes when the next one begins."""

import os
import platform
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from labkit.errors import LabError

# Computers and containers may share a folder for temporary files, and each has a process 4711 of its own.
PREFIX = f"labkit-{zlib.crc32(platform.node().encode()):08x}-"
LONGEST = 60  # bytes of the folder above: the system gives the address of a socket about 100 in all
SHORT = ("/tmp", "/var/tmp")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is there as long as the context."""
    own = f"{PREFIX}{os.getpid()}-"  # by it the next process knows whether this one is still there
    with tempfile.TemporaryDirectory(prefix=own, dir=place()) as folder:
        yield Path(folder).resolve()


def place() -> str:
    """Where such folders lie. Raise LabError where every name is too long."""
    for folder in (tempfile.gettempdir(), *SHORT):
        if sys.platform == "win32" or (len(os.fsencode(folder)) <= LONGEST and os.access(folder, os.W_OK | os.X_OK)):
            return folder
    raise LabError(
        f"the folder for temporary files, {tempfile.gettempdir()}, has a name that is too long for the sockets of a "
        f"notebook: set TMPDIR to a folder with a name of at most {LONGEST} bytes"
    )


def remove_what_was_left() -> None:
    """Remove the folders of processes of this computer that have ended."""
    for folder in Path(place()).glob(f"{PREFIX}[0-9]*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)  # those of another person stay
