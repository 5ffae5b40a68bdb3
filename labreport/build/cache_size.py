"""The cache of trained runs is kept below a size: after a build, what was not used for longest goes."""

import os
import time
from contextlib import suppress
from pathlib import Path

from labkit.errors import LabError
from labkit.files import PART

from ..project.variables import CACHE_GB

GIGABYTES = 2.0  # where the variable is not set
ABANDONED = 3600  # seconds after which a file that was never finished is what a killed build left


def cache_bytes() -> int:
    """The size that the cache may grow to, in bytes. Raises LabError unless the variable is a number > 0."""
    text = os.environ.get(CACHE_GB)
    try:
        gigabytes = float(text) if text else GIGABYTES
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < 1e6:
        raise LabError(f"the environment variable {CACHE_GB} must be a number > 0; got {text!r}")
    return int(gigabytes * 1e9)


def bound_cache(folder: Path) -> tuple[int, int, int]:
    """Remove the entries of a cache that were not used for longest, until it is no larger than `cache_bytes`, and what
    a killed build left. Return the number of entries, their bytes, and the bound in bytes."""
    bound = cache_bytes()
    entries = []
    for path in folder.rglob("*.run*"):
        with suppress(FileNotFoundError):  # another build may remove it at the same time
            entries.append((path.stat().st_mtime, path.stat().st_size, path))
    entries.sort()
    total = sum(size for _, size, _ in entries)
    n_removed = 0
    for modified, size, path in entries:
        left = path.suffix == PART and modified < time.time() - ABANDONED
        if total > bound or left:
            with suppress(OSError):  # a folder that can only be read keeps what it has
                path.unlink(missing_ok=True)
                total -= size
                n_removed += 1
    return len(entries) - n_removed, total, bound
