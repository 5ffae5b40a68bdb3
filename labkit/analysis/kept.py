"""Runs that are trained in another way than `run_study` does, kept in the same cache."""

from collections.abc import Callable
from contextlib import suppress

from .. import engine
from ..environment import cache_folder
from ..errors import LabError
from ..experiments.cache import cache_name, load_run, run_key, save_run
from ..experiments.registered import Unsure
from ..training.config import RunConfig
from ..training.run import Run


def kept(make: Callable[[], Run], config: RunConfig, *way: object) -> Run:
    """The run of a config from the cache, or made and kept. `way` is all but the config that the result depends on.

    It is made each time where nobody can tell what a name in the config stands for, or which engine is loaded.
    """
    try:
        name = cache_name(run_key(config) + repr(way))
    except Unsure:
        return make()
    path = cache_folder() / name[:2] / f"{name}.run"
    if engine.is_current():
        with suppress(LabError):
            return load_run(path)
    run = make()
    if engine.is_current():
        with suppress(LabError):  # a cache that cannot be written costs the cache, not the run
            save_run(run, path)
    return run
