"""labkit: neural networks from scratch in numpy, and studies of how they learn.

`nn` is the network, to be read as a course. `training` makes runs of it on `data`, `experiments` studies of runs;
`figures` and `tables` are what a reader sees, `analysis` is what single notebooks ask beyond that, and `claims` judges
five earlier reports.
"""

import sys
from importlib import import_module

from . import engine  # noqa: F401 - first: it notes what the files of the engine hold before they are loaded
from .errors import LabError

__version__ = "0.1.0"

# Read when they are asked for: the command line starts at once, and can say so where numpy is not installed.
WHERE = {
    "Dataset": "data.dataset",
    "RunConfig": "training.config",
    "check_gradients": "training.run",
    "load_dataset": "data.sources",
    "load_run": "experiments.cache",
    "load_study": "experiments.stored",
    "run_study": "experiments.study",
    "save_run": "experiments.cache",
    "say": "display",
    "train_one": "experiments.study",
}
MODULES = ("figures", "nn", "tables")

__all__ = ["LabError", *WHERE, *MODULES]


def __getattr__(name: str):
    """The module or the part of one that is called `name`."""
    if name in MODULES:
        return import_module(f".{name}", __name__)
    if name in WHERE:
        return getattr(import_module(f".{WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What is meant to be used, for what completes names."""
    return __all__


if "ipykernel" in sys.modules:  # what the cell that imports labkit shows is watched from here on
    from .experiments.bar import Cell

    Cell.watch()
