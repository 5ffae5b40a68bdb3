"""One build at a time in a lab's report folder, one training at a time of a study."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from labkit.errors import LabError
from labkit.files import write_atomic

from ..project.project import Project


@contextmanager
def lab_lock(project: Project, lab: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a lab. Raise LabError that says who has it."""
    with lock_of(project, lab, f"lab {lab!r} is being built", "build", tell):
        yield


@contextmanager
def study_lock(project: Project, study: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a study. Raise LabError that says who has it."""
    with lock_of(project, f"study-{study}", f"study {study!r} is being trained", "training", tell):
        yield


@contextmanager
def lock_of(project: Project, key: str, at_work: str, what: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock. Raise LabError that says who has it.

    The operating system frees the lock of a process that dies. What is left then is the note of who held it, by which
    the next build knows, and tells, that the last one did not end by itself.
    """
    folder = project.root / ".cache" / "locks"
    lock, note = FileLock(folder / f"{key}.lock"), folder / f"{key}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise LabError(f"{at_work} by {holder(note)}; wait for it, or end it") from None
    except NotImplementedError:  # filelock's, of a disk in a network that knows no locks
        tell(f"{folder} lies on a disk without locks: see to it that there is no second {what} at once.")
    except OSError as error:
        raise LabError(f"{folder}, where the lock of a build lies, cannot be written: {error.strerror}") from None
    try:
        if note.exists():
            tell(f"The last {what}, {holder(note)}, was ended from outside; this one goes on from what it left.")
        process = {"process": os.getpid(), "host": platform.node(), "since": f"{datetime.now():%Y-%m-%d %H:%M:%S}"}
        write_atomic(note, json.dumps(process))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def holder(note: Path) -> str:
    """`process 4711 on host since 2026-09-01 12:00:00`"""
    try:
        return "process {process} on {host} since {since}".format(**json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
