"""What a notebook's runs came to, as the build keeps it.

A line is one run: its configuration, its results, and the hashes of its weights and history. Whoever trains the
configuration again can compare all of them. Nothing here differs between two trainings of the same run; how long
each took does, and goes to a file of its own.
"""

import hashlib
import json
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from labkit.data.sources import GIVEN
from labkit.experiments.registered import is_own
from labkit.rounding import setting_text
from labkit.training.run import Run, one_nan

from .products import SECONDS_SETTINGS, Products


def record(runs: Iterable[Run], products: Products) -> None:
    """Append runs to the files of a notebook; not those that nobody could train again from their configuration: on data
    that were passed, or with what only this process has registered."""
    runs = [run for run in runs if run.config.dataset != GIVEN and not is_own(run.config)]
    with products.runs.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(facts(run)) + "\n" for run in runs)
    with products.seconds.open("a", encoding="utf-8") as file:
        pd.DataFrame([times(run) for run in runs]).to_csv(file, header=False, index=False, lineterminator="\n")


def times(run: Run) -> list:
    """The settings that a time mostly depends on, the epochs trained, and the seconds they took."""
    settings = [setting_text(getattr(run.config, name)) for name in SECONDS_SETTINGS]
    return [*settings, run.epochs, f"{run.seconds:.6f}"]


def facts(run: Run) -> dict:
    """A run as JSON can hold it; a number that is not finite is its name, such as "nan"."""
    return {
        "config": run.config.as_dict(),
        "results": {name: value if math.isfinite(value) else str(value) for name, value in run.results.items()},
        "epochs": run.epochs,
        "stopped": run.stopped,
        "weights": fingerprint(run.flat),
        "history": fingerprint(run.log),
    }


def fingerprint(array: np.ndarray) -> str:
    """SHA-256 of an array's numbers, whatever the byte order of the machine and the bits of a nan."""
    little = np.ascontiguousarray(one_nan(array), dtype=array.dtype.newbyteorder("<"))
    return hashlib.sha256(little.tobytes()).hexdigest()
