"""What a report needs, each thing tried in earnest: Python, packages, kernel, fonts, converters, disk, cores, data.

Every check imports what it needs by itself, so that one missing package costs one line, and not the other checks.
"""

from collections.abc import Callable, Iterator

from ..project.project import Project
from . import machine, software
from .diagnosis import Diagnosis, install, wrong

CHECKS: dict[str, Callable[[Project], Iterator[Diagnosis]]] = {
    "labkit": software.version,
    "Python": software.python,
    "packages": software.packages,
    "fonts": software.fonts,
    "figures": software.figures,
    "pandoc": software.pandoc,
    "typst": software.typst,
    "kernel": software.kernel,
    "cores": machine.cores,
    "BLAS": machine.blas,
    "disk": machine.disk,
    "writing": machine.writing,
    "digits": machine.digits_data,
    "MNIST": machine.mnist_data,
}


def examine(project: Project) -> Iterator[tuple[str, Diagnosis]]:
    """Every finding with the name of its check. A check that fails is a finding too, whatever the reason."""
    for name, check in CHECKS.items():
        try:
            for finding in check(project):
                yield name, finding
        except Exception as error:
            yield name, wrong(f"{type(error).__name__}: {error}", install(project))
