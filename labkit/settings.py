"""What environment variables set, checked: LABKIT_JOBS, cores of a build, and LABKIT_CACHE_GB, size of the cache."""

import os

from .errors import LabError

CACHE_GIGABYTES = 2.0


def n_jobs() -> int | None:
    """LABKIT_JOBS, or None where it is not set. Raise LabError unless it is a whole number, 1 or more."""
    text = os.environ.get("LABKIT_JOBS")
    if not text:
        return None
    if not (text.isdecimal() and len(text) < 10 and int(text) >= 1):
        raise LabError(f"the environment variable LABKIT_JOBS must be a whole number >= 1; got {text!r}")
    return int(text)


def cache_bytes() -> int:
    """LABKIT_CACHE_GB, or what it is by default, in bytes. Raise LabError unless it is a number > 0."""
    text = os.environ.get("LABKIT_CACHE_GB")
    try:
        gigabytes = float(text) if text else CACHE_GIGABYTES
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < 1e6:
        raise LabError(f"the environment variable LABKIT_CACHE_GB must be a number > 0; got {text!r}")
    return int(gigabytes * 1e9)


def check() -> None:
    """Raise LabError for a setting that a build would stumble over only after it has begun."""
    n_jobs()
    cache_bytes()
