"""Checks of the machine: cores and BLAS threads, space and rights where labkit writes, and the data sets."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from labkit import environment
from labkit.errors import LabError

from ..project.project import Project
from .diagnosis import PYTHON, Diagnosis, install, wrong

FREE_GIGABYTES = 1.0


def cores(project: Project) -> Iterator[Diagnosis]:
    try:
        yield Diagnosis(f"{environment.n_cores()} that notebooks and studies may use")
    except LabError as error:
        yield wrong(str(error), "unset it")


def blas(project: Project) -> Iterator[Diagnosis]:
    import numpy  # noqa: F401  loads the BLAS that is asked about
    from threadpoolctl import threadpool_info, threadpool_limits

    found = [library for library in threadpool_info() if library["user_api"] == "blas"]
    names = ", ".join(f"{one['internal_api']} {one['version']} ({one['num_threads']} threads)" for one in found)
    with threadpool_limits(1, user_api="blas"):
        loose = [one for one in threadpool_info() if one["user_api"] == "blas" and one["num_threads"] != 1]
    if loose:
        yield wrong(f"{names} cannot be held to one thread", f"set OMP_NUM_THREADS=1, or {install(project)}")
    elif found:
        yield Diagnosis(f"{names}, of which a run takes one")
    else:
        yield Diagnosis("one that labkit cannot hold to one thread: results are right, studies may be slower")


def disk(project: Project) -> Iterator[Diagnosis]:
    for places in by_device(written_folders(project)):
        free = shutil.disk_usage(existing(places[0])).free / 1e9
        text = f"{free:,.1f} GB free for {', '.join(project.short(place) for place in places)}"
        if free >= FREE_GIGABYTES:
            yield Diagnosis(text)
        else:
            mend = "free some space; `make clean-cache` removes the trained studies, `make clean` the reports"
            yield wrong(f"{text}; {FREE_GIGABYTES:g} GB are needed", mend)


def writing(project: Project) -> Iterator[Diagnosis]:
    for place in written_folders(project):
        parent = existing(place)
        try:
            with tempfile.TemporaryFile(dir=parent):
                pass
        except OSError as error:
            reason = "it is a file" if parent.is_file() else error.strerror
            mend = f"move {parent} away" if parent.is_file() else f"give yourself the right to write into {parent}"
            yield wrong(f"{project.short(place)} cannot be written to: {reason}", mend)
        else:
            yield Diagnosis(f"{project.short(place)} can be written to")


def written_folders(project: Project) -> list[Path]:
    """Where labkit writes."""
    return [project.root / "reports", environment.cache_folder(), Path(tempfile.gettempdir())]


def existing(path: Path) -> Path:
    """The path, or the nearest above it that is there."""
    return next(one for one in [path, *path.parents] if one.exists())


def by_device(places: list[Path]) -> list[list[Path]]:
    """The places in groups that share a disk."""
    groups: dict[int, list[Path]] = {}
    for place in places:
        groups.setdefault(existing(place).stat().st_dev, []).append(place)
    return list(groups.values())


def digits_data(project: Project) -> Iterator[Diagnosis]:
    from labkit.data.images import DIGITS, DIGITS_SHA256, digits

    try:
        x, _ = digits.__wrapped__()  # the file as it is now, not as it was when it was first read
    except (LabError, OSError, EOFError) as error:
        yield wrong(str(error), f"restore it: git checkout {DIGITS}")
    else:
        yield Diagnosis(f"{len(x):,} images, SHA-256 {DIGITS_SHA256[:12]}…")


def mnist_data(project: Project) -> Iterator[Diagnosis]:
    from labkit.data.images import MNIST, checked, missing_mnist, mnist_folder

    get = f"{PYTHON} -m labreport data mnist --download"
    files = {file: mnist_folder() / file.name for file in MNIST.values()}
    missing = missing_mnist()
    if len(missing) == len(files):
        yield Diagnosis("not installed, and needed by the labs r3 and claims only", get)
        return
    if missing:
        yield wrong(f"{', '.join(missing)} missing in {mnist_folder()}", get)
        return
    try:
        for file, path in files.items():
            checked(file, path.read_bytes(), path)
    except LabError as error:
        yield wrong(str(error), get)
    else:
        yield Diagnosis(f"whole, by the SHA-256 of its {len(files)} files, in {mnist_folder()}")
