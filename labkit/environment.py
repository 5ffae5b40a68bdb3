"""Every environment variable of labkit, each for a person to set.

| variable        | meaning |
|-----------------|---------|
| LABKIT_CACHE    | folder of trained runs; .cache/labkit beside the package where it is not set |
| LABKIT_CACHE_GB | how large that folder may grow, in gigabytes (2) |
| LABKIT_DATA     | folder of data sets that are fetched once; .cache/data beside the package |
| LABKIT_JOBS     | cores that may be used; those that the process was given |
"""

import os
from pathlib import Path

from .errors import LabError

HOME = Path(__file__).resolve().parents[1] / ".cache"  # of what is kept: beside the package
CACHE_GIGABYTES = 2.0
CACHE, CACHE_GB, DATA, JOBS = "LABKIT_CACHE", "LABKIT_CACHE_GB", "LABKIT_DATA", "LABKIT_JOBS"


def cache_folder() -> Path:
    """Where trained runs are kept."""
    return Path(os.environ.get(CACHE) or HOME / "labkit")


def data_folder() -> Path:
    """Where data sets are kept that are fetched once."""
    return Path(os.environ.get(DATA) or HOME / "data")


def cache_bytes() -> int:
    """The size that the cache may grow to, in bytes. Raises LabError unless the variable is a number > 0."""
    text = os.environ.get(CACHE_GB)
    try:
        gigabytes = float(text) if text else CACHE_GIGABYTES
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < 1e6:
        raise LabError(f"the environment variable {CACHE_GB} must be a number > 0; got {text!r}")
    return int(gigabytes * 1e9)


def n_jobs() -> int | None:
    """The cores that may be used, None where it is not set. Raises LabError unless it is a whole number, 1 or more."""
    text = os.environ.get(JOBS)
    if not text:
        return None
    if not (text.isdecimal() and len(text) < 10 and int(text) >= 1):
        raise LabError(f"the environment variable {JOBS} must be a whole number >= 1; got {text!r}")
    return int(text)


def n_cores() -> int:
    """The cores that may be used: LABKIT_JOBS, or those that this process was given."""
    from joblib import cpu_count  # only here: a build with nothing to do never asks

    return n_jobs() or cpu_count()


def check() -> None:
    """Raises LabError for a variable that a build would stumble over only after it has begun."""
    n_jobs()
    cache_bytes()
