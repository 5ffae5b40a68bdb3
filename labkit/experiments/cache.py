"""Runs on disk: a trained run as an .npz file, and a cache of them by configuration.

The file holds plain arrays and JSON, never pickled objects, so reading one runs no code. A run in the cache is found
by its configuration, the sources of the engine, the version of numpy and the machine: change any of them and it is
trained again.
"""

import hashlib
import io
import json
import os
import platform
import time
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..environment import cache_bytes, cache_folder
from ..errors import LabError
from ..files import PART, write_atomic
from ..nn.activations import Array
from .architecture import build_network
from .arithmetic import BLAS
from .config import RunConfig
from .run import Run

FORMAT_VERSION = 2
# The files that decide what training computes; the others only arrange, draw or report it.
ENGINE = (
    *("nn/activations", "nn/initializers", "nn/layers", "nn/convolution", "nn/losses", "nn/network", "nn/optimizers"),
    *("experiments/images", "experiments/datasets", "experiments/config", "experiments/architecture"),
    *("experiments/run", "experiments/stopping", "experiments/training"),
)


def save_run(run: Run, path: str | Path) -> None:
    """Write a run to an .npz file; a file that is there is replaced whole or not at all."""
    dtype = float if run.history.empty else None  # an empty column is one of objects, which are not saved
    arrays = {"flat": run.flat} | {f"history/{name}": run.history[name].to_numpy(dtype) for name in run.history}
    facts = {
        "format_version": FORMAT_VERSION,
        "config": run.config.as_dict(),
        "shape": run.network.shape,
        "n_out": run.network.n_out,
        "results": run.results,
        "epochs": run.epochs,
        "stopped": run.stopped,
        "seconds": run.seconds,
    }
    words = json.dumps(facts)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, facts=np.array([words, seal(words, arrays)]), **arrays)
    write_atomic(Path(path), content.getvalue(), durable=False)


def seal(facts: str, arrays: dict[str, Array]) -> str:
    """SHA-256 of all that the file of a run says."""
    digest = hashlib.sha256(facts.encode())
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def load_run(path: str | Path) -> Run:
    """Read a run that `save_run` wrote. Raises LabError where the file is missing, damaged or of another format."""
    try:
        with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        words, sealed = map(str, arrays.pop("facts"))
        facts = json.loads(words)
        if facts["format_version"] != FORMAT_VERSION:
            raise LabError(f"{path} has format {facts['format_version']}; this labkit reads {FORMAT_VERSION}")
        if seal(words, arrays) != sealed:
            raise LabError(f"{path} is damaged: its content is not what was written")
        flat = arrays.pop("flat")
        history = {name.removeprefix("history/"): column for name, column in arrays.items()}
    except FileNotFoundError:
        raise LabError(f"there is no run at {path}") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, LabError):
            raise
        raise LabError(f"{path} is not a run of labkit, or is damaged: {error}") from None
    config = RunConfig.from_dict(facts["config"])
    return Run(
        config,
        build_network(config, tuple(facts["shape"]), facts["n_out"]),
        flat,
        pd.DataFrame(history),
        facts["results"],
        facts["epochs"],
        facts["stopped"],
        facts["seconds"],
    )


@cache
def engine_version() -> str:
    """A SHA-256 of everything but the configuration that a result depends on."""
    digest = hashlib.sha256(np.__version__.encode())
    for name in ENGINE:
        digest.update((Path(__file__).parents[1] / f"{name}.py").read_bytes())
    return digest.hexdigest()


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


def cache_path(config: RunConfig) -> Path:
    name = cache_name(config.key())
    return cache_folder() / name[:2] / f"{name}.npz"


def cache_name(key: str) -> str:
    """The name of what a key stands for, with this engine on this machine: others may use the same folder."""
    return hashlib.sha256((key + engine_version() + json.dumps(machine())).encode()).hexdigest()


def cached_run(config: RunConfig) -> Run | None:
    """The run of a config from the cache, or None where it is not there or damaged."""
    path = cache_path(config)
    try:
        run = load_run(path)
    except LabError:
        return None
    with suppress(OSError):  # a cache that can only be read serves as well
        os.utime(path)
    return run if run.config == config else None


def bound_cache(folder: Path) -> tuple[int, int, int]:
    """Remove the entries of a cache that were not used for longest, until it is no larger than LABKIT_CACHE_GB
    (default 2), and what a killed build left. Return the number of entries, their bytes, and the bound in bytes."""
    bound = cache_bytes()
    entries = []
    for path in folder.rglob("*.np[yz]*"):
        with suppress(FileNotFoundError):  # another build may remove it at the same time
            entries.append((path.stat().st_mtime, path.stat().st_size, path))
    entries.sort()
    total = sum(size for _, size, _ in entries)
    n_removed = 0
    for modified, size, path in entries:
        left = path.suffix == PART and modified < time.time() - 3600
        if total > bound or left:
            path.unlink(missing_ok=True)
            total -= size
            n_removed += 1
    return len(entries) - n_removed, total, bound
