"""labkit: neural networks from scratch in numpy, studies of how they learn, and the lab report they end in.

To read it as a course, open the files in this order: activations, initializers, layers, losses, network, optimizers,
gradcheck; then datasets, config, runs, training, studies; then figures and tables, for what a reader sees, and
analysis, for what notebooks ask beyond them.
"""

from importlib import import_module

from .config import RunConfig
from .datasets import load_dataset
from .display import say
from .errors import LabError
from .gradcheck import check_gradients
from .store import load_run, save_run
from .studies import run_study
from .training import train_one

__version__ = "0.1.0"

__all__ = [
    "LabError",
    "RunConfig",
    "check_gradients",
    "figures",
    "load_dataset",
    "load_run",
    "run_study",
    "save_run",
    "say",
    "tables",
    "train_one",
]


def __getattr__(name: str):
    """Import figures and tables when they are asked for: matplotlib takes longer than the rest of labkit together."""
    if name in ("figures", "tables"):
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
