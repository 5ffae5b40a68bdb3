"""Studies on disk that `lab study` trained: a file a stack, and what a notebook needs to draw them.

Of a run it keeps the settings, the results and a thinned history, not the weights. A history that has more rows is
thinned to the `ROWS` that lie nearest to evenly spaced and to geometrically spaced epochs, half of them each; its first
and its last row are among them.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .. import environment
from ..errors import LabError
from ..nn.activations import Array
from ..training.architecture import build_network
from ..training.config import RunConfig
from ..training.run import HISTORY, Run
from .cache import engine_version
from .sealed import read_sealed, write_sealed
from .study import Study

FORMAT_VERSION = 1
ROWS = 40
PLAN, STACKS = "study.json", "stacks"


class StoredRun(Run):
    """A run without its weights."""

    @property
    def params(self) -> list:
        raise LabError("a stored study keeps no weights; train_one(run.config) has them again, bit for bit")

    def output(self, x: Array) -> Array:
        return self.params


def stack_name(stack: list[RunConfig]) -> str:
    """The name of the file of a stack: a hash of its settings, of the engine and of numpy."""
    keys = "".join(config.key() for config in stack)
    return hashlib.sha256((keys + engine_version()).encode()).hexdigest()[:32]


def run_key(config: RunConfig) -> int:
    """A number of 64 bits by which a run is found; of a million runs two share one with a chance of 3 in 10⁸."""
    return int(config.key()[:16], 16)


def save_stack(path: Path, runs: list[Run]) -> None:
    """Write the runs of a stack to a file, whole or not at all."""
    first, varied = runs[0].config.as_dict(), varied_settings(run.config for run in runs)
    logs = [thinned(run.log) for run in runs]
    facts = {
        "settings": first,
        "shape": runs[0].network.shape,
        "n_out": runs[0].network.n_out,
        "platform": runs[0].platform,
        "engine": engine_version(),
        "keys": [run_key(run.config) for run in runs],
        "runs": [
            {
                "settings": {name: getattr(run.config, name) for name in varied},
                "results": run.results,
                "epochs": run.epochs,
                "stopped": run.stopped,
                "seconds": run.seconds,
                "rows": len(log),
            }
            for run, log in zip(runs, logs, strict=True)
        ],
    }
    write_sealed(path, FORMAT_VERSION, facts, b"".join(log.tobytes() for log in logs))


def read_stack(path: Path) -> tuple[dict, bytes]:
    """What is in the file of a stack. Raises LabError where it is missing, damaged or of another format."""
    return read_sealed(path, FORMAT_VERSION, "stack of runs")


def load_stack(path: Path) -> list[Run]:
    """The runs that `save_stack` wrote. Raises LabError as `read_stack` does."""
    facts, arrays = read_stack(path)
    network = build_network(RunConfig(**facts["settings"]), tuple(facts["shape"]), facts["n_out"])
    logs, runs = np.frombuffer(arrays).reshape(-1, len(HISTORY)), []
    for fact in facts["runs"]:
        log, logs = np.split(logs, [fact["rows"]])
        config = RunConfig(**facts["settings"] | fact["settings"])
        ended = [fact[name] for name in ("results", "epochs", "stopped", "seconds")]
        runs.append(StoredRun(config, network, np.empty(0), log, *ended, platform=facts["platform"]))
    return runs


def load_study(name: str | Path) -> Study:
    """A study that `lab study` trained, by its name or its folder. Its runs have no weights.

    Raises LabError where it is not there or not finished.
    """
    folder = Path(name) if Path(name).is_dir() else environment.STUDIES / name
    try:
        plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(path.parent.name for path in environment.STUDIES.glob(f"*/{PLAN}"))) or "none yet"
        raise LabError(f"there is no finished study {str(name)!r}; `lab study` has trained: {known}") from None
    loaded = {name: load_stack(folder / STACKS / name) for name in {name for name, _ in plan["runs"]}}
    runs = [loaded[name][row] for name, rows in plan["runs"] for row in rows]
    return Study(runs, plan["varied"], 0, plan["named"])


def varied_settings(configs: Iterable[RunConfig]) -> list[str]:
    """The settings in which configs differ."""
    settings = [config.as_dict() for config in configs]
    return [name for name, value in settings[0].items() if any(other[name] != value for other in settings)]


def thinned(log: Array) -> Array:
    """At most `ROWS` rows of a history, chosen as the top of this file says."""
    if len(log) <= ROWS:
        return log
    first, last = log[0, 0], log[-1, 0]
    wanted = np.concatenate([np.linspace(first, last, ROWS // 2), np.geomspace(first, last, ROWS // 2)])
    nearest = np.abs(log[:, :1] - wanted).argmin(axis=0)
    return log[np.unique(nearest)]
