"""What a kernel tells the build that started it. IPython loads this module before the first cell."""

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from labkit import observer

from ..project.variables import CORES, PRODUCTS, TRACED
from .cores import free_cores
from .products import Products
from .traced import Tracer


class BuildObserver(observer.Observer):
    """Leaves progress, runs and files among the products of a notebook, and shares the cores with all others."""

    def __init__(self, products: Products, cores: Path) -> None:
        self.products, self.cores = products, cores
        self.progress, self.folder = products.progress, products.made

    def finished(self, runs: Sequence) -> None:
        from .record import record  # a notebook that trains nothing need not wait for pandas

        record(runs, self.products)

    def table(self, name: str, values: object) -> None:
        self.products.tables.mkdir(parents=True, exist_ok=True)
        values.to_csv(self.products.tables / name, lineterminator="\n")

    def extra_cores(self, wanted: int) -> AbstractContextManager[int]:
        return free_cores(self.cores, wanted)


def load_ipython_extension(shell: object) -> None:
    """Called by IPython."""
    if folder := os.environ.get(PRODUCTS):
        products = Products(Path(folder))
        observer.current = BuildObserver(products, Path(os.environ[CORES]))
        sys.addaudithook(Tracer(Path(os.environ[TRACED]), products.trace).hook)
