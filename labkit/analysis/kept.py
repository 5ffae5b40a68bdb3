"""Runs that are trained in another way than `run_study` does, kept in the same cache."""

from collections.abc import Callable
from contextlib import suppress

from .. import engine
from ..errors import LabError
from ..experiments.cache import cache_path, load_run, save_run
from ..training.config import RunConfig
from ..training.run import Run


def kept(make: Callable[[], Run], config: RunConfig, *way: object) -> Run:
    """The run of a config from the cache, or made and kept. `way` is all but the config that the result depends on.

    It is made each time where the cache keeps no such run, or the engine that is loaded is no longer that of the files.
    """
    path = cache_path(config, None, *way)
    if path and engine.is_current():
        with suppress(LabError):
            return load_run(path)
    run = make()
    if path and engine.is_current():
        with suppress(LabError):  # a cache that cannot be written costs the cache, not the run
            save_run(run, path)
    return run
