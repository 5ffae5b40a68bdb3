"""A bundle is opened in child processes: it is read, and its notebooks are converted. That is most of a check and needs
nothing of other bundles: those of a class are opened side by side, a few ahead of the one that is judged."""

import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from labkit.environment import n_cores
from labkit.errors import LabError

from ..build.workers import POLL_SECONDS
from ..project.temporary import temporary_folder
from . import child
from .reading.findings import Finding


@dataclass
class Opened:
    """What the children found: all that was `read`, and the findings on the report, or why it was `not_converted`."""

    read: dict[str, Any]
    report: list[Finding] = field(default_factory=list)
    not_converted: str = ""
    seconds: float = 0.0

    @property
    def is_readable(self) -> bool:
        return all(notebook["cells"] is not None for notebook in self.read["notebooks"])


def open_bundle(bundle: Path) -> Opened:
    """Read a bundle, and convert its notebooks. Raise LabError where it cannot be read."""
    began = time.monotonic()
    with temporary_folder() as folder:
        opened = Opened(child.run("read", bundle, folder))
        if opened.read["manifest"] is not None and opened.is_readable:
            try:
                opened.report = child.findings_of(child.run("convert", bundle, folder))
            except LabError as error:
                opened.not_converted = str(error)
    opened.seconds = time.monotonic() - began
    return opened


class Ahead:
    """Opens bundles, one on each core, in the order in which they will be asked for."""

    def __init__(self, bundles: Iterable[Path]) -> None:
        self.left = deque(bundles)
        self.n = n_cores()
        self.pool = ThreadPoolExecutor(self.n)
        self.begun: dict[Path, Future[Opened]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what is under way, which nobody asks for any more."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        while running := [future for future in self.begun.values() if not future.done()]:
            child.end_all()
            wait(running, POLL_SECONDS)

    def begin(self) -> None:
        while self.left and len(self.begun) < self.n:  # no more: what was read of a bundle may be large
            bundle = self.left.popleft()
            self.begun[bundle] = self.pool.submit(open_bundle, bundle)

    def opened(self, bundle: Path) -> Opened:
        """What `open_bundle` gives, or raises."""
        self.begin()
        future = self.begun.pop(bundle)
        self.begin()
        try:
            while wait([future], POLL_SECONDS).not_done:
                pass
        except BaseException:
            self.begun[bundle] = future
            raise
        return future.result()
