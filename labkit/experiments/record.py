"""What a notebook's runs came to, told to whoever asked for it: a build names the files.

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

from .. import environment
from ..data.sources import GIVEN
from ..rounding import setting_text
from .registered import is_own
from .run import Run, one_nan

SECONDS_SETTINGS = ("dataset", "hidden_sizes", "activation", "optimizer", "lr", "batch_size", "seed")
SECONDS_HEADER = ",".join([*SECONDS_SETTINGS, "epochs", "seconds"]) + "\n"


def record(runs: Iterable[Run]) -> None:
    """Append runs to the files of a build, where there is one; not those that nobody could train again from their
    configuration: on data that were passed, or with what only this process has registered."""
    products = environment.products()
    if products is None:
        return
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
