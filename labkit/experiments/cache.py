"""Runs on disk: a trained run as a file, and a cache of them by configuration.

The file holds JSON and plain numbers, never pickled objects, so reading one runs no code. A run in the cache is found
by its configuration, data that were passed, the sources of the engine as they were loaded, the version of numpy and the
machine: change any of them and it is trained again. It is taken only where the data are still those it was trained on.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import engine
from ..data.dataset import Dataset
from ..environment import cache_folder
from ..errors import LabError
from ..training.architecture import build_network
from ..training.config import RunConfig
from ..training.run import HISTORY, Run, dataset_of, kept_data
from .platforms import this_platform
from .registered import has_own_rows
from .sealed import read_sealed, write_sealed

FORMAT_VERSION = 4
THIS = ""  # the platform of this machine


def save_run(run: Run, path: str | Path) -> None:
    """Write a run to a file. A file that is there is replaced whole or not at all."""
    facts = {
        "config": run.config.as_dict(),
        "data": run.dataset.fingerprint,
        "shape": run.network.shape,
        "n_out": run.network.n_out,
        "results": run.results,
        "epochs": run.epochs,
        "stopped": run.stopped,
        "seconds": run.seconds,
        "platform": run.platform,
    }
    write_sealed(Path(path), FORMAT_VERSION, facts, run.flat.tobytes() + run.log.tobytes())


def load_run(path: str | Path, data: Dataset | None = None) -> Run:
    """Read a run that `save_run` wrote; `data` are those that it was trained on, where they were passed to it.

    Raises LabError where the file is missing, damaged or of another format, or the data are others.
    """
    facts, arrays = read_sealed(Path(path), FORMAT_VERSION, "run")
    if data is not None and data.fingerprint != facts["data"]:
        raise LabError(f"{path} is a run on other data than {data.name!r}")
    config = RunConfig(**facts["config"])
    network = build_network(config, tuple(facts["shape"]), facts["n_out"])
    flat = np.frombuffer(arrays, config.dtype, network.n_params).copy()
    log = np.frombuffer(arrays[flat.nbytes :]).reshape(-1, len(HISTORY)).copy()
    ended = [facts[name] for name in ("results", "epochs", "stopped", "seconds")]
    return Run(config, network, flat, log, *ended, data, facts["platform"])


def engine_version() -> str:
    """A SHA-256 of everything but the configuration that a result depends on: the engine that is loaded, and numpy."""
    return hashlib.sha256((np.__version__ + engine.LOADED).encode()).hexdigest()


def cache_path(config: RunConfig, data: Dataset | None = None, platform: str = THIS) -> Path | None:
    """Where a run is kept that a platform trained, by default this one; None for one with rows that only this process
    knows, which is not kept.

    Other engines and other machines may use the same folder.
    """
    if has_own_rows(config):
        return None
    kept = kept_data(config, data)
    key = config.key() + (kept.fingerprint if kept else "") + engine_version() + (platform or this_platform())
    name = hashlib.sha256(key.encode()).hexdigest()
    return cache_folder() / name[:2] / f"{name}.run"


def keep_runs(runs: list[Run], data: Dataset | None = None) -> str:
    """Keep runs in the cache; why they are not there, empty if they are. A disk that is full, or a folder that can only
    be read, costs the cache and not the runs."""
    try:
        if not engine.is_current():
            raise LabError("the files of labkit changed since they were loaded; restart the kernel to use the new ones")
        for run in runs:
            path = cache_path(run.config, data, run.platform)
            if path is not None:
                save_run(replace(run, data=kept_data(run.config, data)), path)
    except LabError as error:
        return str(error)
    return ""


def cached_run(config: RunConfig, path: Path | None, data: Dataset | None = None) -> Run | None:
    """The run of a config from its place in the cache, or None where it is not there, damaged, or of other data."""
    try:
        if path is None or not path.exists():  # then no data need be drawn
            return None
        run = load_run(path, dataset_of(config, data))
    except (LabError, OSError):
        return None
    with suppress(OSError):  # a cache that can only be read serves as well
        os.utime(path)
    return replace(run, data=kept_data(config, data)) if run.config == config else None


def find_runs(
    configs: Iterable[RunConfig], data: Dataset | None = None, platforms: Sequence[str] = (THIS,)
) -> dict[RunConfig, Run]:
    """The runs of those configs that are in the cache, trained on the first of the platforms that has them."""
    found = {}
    if engine.is_current():
        for config in configs:
            paths = (cache_path(config, data, platform) for platform in platforms)
            if run := next(filter(None, (cached_run(config, path, data) for path in paths)), None):
                found[config] = run
    return found
