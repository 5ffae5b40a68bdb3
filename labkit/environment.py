"""Every environment variable of labkit, each for a person to set.

| variable     | meaning |
|--------------|---------|
| LABKIT_CACHE | folder of trained runs; .cache/labkit beside the package where it is not set |
| LABKIT_DATA  | folder of data sets that are fetched once; .cache/data beside the package |
| LABKIT_JOBS  | cores that may be used; those that the process was given |
| LABKIT_DASK  | Dask cluster that trains: tcp://HOST:8786, or local:4 for workers on this machine; none |
"""

import os
from pathlib import Path

from .errors import LabError

HOME = Path(__file__).resolve().parents[1] / ".cache"  # of what is kept: beside the package
STUDIES = HOME.parent / "reports" / "studies"  # of `lab study`, a folder each
CACHE, DATA, JOBS, DASK = "LABKIT_CACHE", "LABKIT_DATA", "LABKIT_JOBS", "LABKIT_DASK"


def cache_folder() -> Path:
    """Where trained runs are kept."""
    return Path(os.environ.get(CACHE) or HOME / "labkit")


def data_folder() -> Path:
    """Where data sets are kept that are fetched once."""
    return Path(os.environ.get(DATA) or HOME / "data")


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


def dask_address() -> str:
    """The Dask cluster that trains; empty where none is named."""
    return os.environ.get(DASK, "")
