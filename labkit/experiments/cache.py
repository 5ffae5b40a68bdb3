"""Runs on disk: a trained run as a file, and a cache of them by configuration.

The file holds JSON and plain numbers, never pickled objects, so reading one runs no code. A run in the cache is found
by its configuration, data that were passed, the sources of the engine as they were loaded, the version of numpy and the
machine: change any of them and it is trained again. It is taken only where the data are still those it was trained on.
"""

import hashlib
import json
import os
import platform
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import engine
from ..data.dataset import Dataset
from ..environment import cache_folder
from ..errors import LabError
from ..files import write_atomic
from ..training.architecture import build_network
from ..training.arithmetic import BLAS
from ..training.config import RunConfig
from ..training.run import HISTORY, Run, dataset_of, kept_data
from .registered import has_own_rows

FORMAT_VERSION = 3


def save_run(run: Run, path: str | Path) -> None:
    """Write a run to a file: a line with the SHA-256 of all that follows, a line of JSON, and the bytes of its weights
    and history. A file that is there is replaced whole or not at all."""
    facts = {
        "format_version": FORMAT_VERSION,
        "config": run.config.as_dict(),
        "data": run.dataset.fingerprint,
        "shape": run.network.shape,
        "n_out": run.network.n_out,
        "results": run.results,
        "epochs": run.epochs,
        "stopped": run.stopped,
        "seconds": run.seconds,
    }
    arrays = run.flat.tobytes() + run.log.tobytes()
    content = json.dumps(facts).encode() + b"\n" + arrays
    write_atomic(Path(path), hashlib.sha256(content).hexdigest().encode() + b"\n" + content, durable=False)


def load_run(path: str | Path, data: Dataset | None = None) -> Run:
    """Read a run that `save_run` wrote; `data` are those that it was trained on, where they were passed to it.

    Raises LabError where the file is missing, damaged or of another format, or the data are others.
    """
    try:
        seal, _, content = Path(path).read_bytes().partition(b"\n")
    except FileNotFoundError:
        raise LabError(f"there is no run at {path}") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest().encode() != seal:
        raise LabError(f"{path} is not a run of labkit, or is damaged: its content is not what was written")
    words, _, arrays = content.partition(b"\n")
    facts = json.loads(words)
    if facts["format_version"] != FORMAT_VERSION:
        raise LabError(f"{path} has format {facts['format_version']}; this labkit reads {FORMAT_VERSION}")
    if data is not None and data.fingerprint != facts["data"]:
        raise LabError(f"{path} is a run on other data than {data.name!r}")
    config = RunConfig(**facts["config"])
    network = build_network(config, tuple(facts["shape"]), facts["n_out"])
    flat = np.frombuffer(arrays, config.dtype, network.n_params).copy()
    log = np.frombuffer(arrays[flat.nbytes :]).reshape(-1, len(HISTORY)).copy()
    ended = (facts["results"], facts["epochs"], facts["stopped"], facts["seconds"])
    return Run(config, network, flat, log, *ended, data)


def engine_version() -> str:
    """A SHA-256 of everything but the configuration that a result depends on: the engine that is loaded, and numpy."""
    return hashlib.sha256((np.__version__ + engine.LOADED).encode()).hexdigest()


@cache
def machine() -> dict[str, Any]:
    """All of a platform that may change a bit of a result; two that are equal here must give equal runs."""
    libraries = [library for library in BLAS.info() if library["user_api"] == "blas"]
    blas = {"{internal_api} {version}, {architecture}".format(**library) for library in libraries}
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "blas": sorted(blas),
        "cpu_features": [*simd.get("baseline", []), *simd.get("found", [])],
    }


def cache_path(config: RunConfig, data: Dataset | None = None) -> Path | None:
    """Where a run is kept; None for one with rows that only this process knows, which is not kept.

    Other engines and other machines may use the same folder.
    """
    if has_own_rows(config):
        return None
    kept = kept_data(config, data)
    key = config.key() + (kept.fingerprint if kept else "") + engine_version() + json.dumps(machine())
    name = hashlib.sha256(key.encode()).hexdigest()
    return cache_folder() / name[:2] / f"{name}.run"


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
