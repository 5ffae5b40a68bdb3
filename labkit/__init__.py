"""labkit: neural networks from scratch in numpy, studies of how they learn, and the lab report they end in.

To read it as a course, open the files in this order: activations, initializers, layers, losses, network, optimizers,
gradcheck; then datasets, config, runs, training, studies.
"""

from .config import RunConfig
from .datasets import load_dataset
from .errors import LabError
from .gradcheck import check_gradients
from .store import load_run, save_run
from .studies import run_study
from .training import train_one

__all__ = [
    "LabError",
    "RunConfig",
    "check_gradients",
    "load_dataset",
    "load_run",
    "run_study",
    "save_run",
    "train_one",
]
