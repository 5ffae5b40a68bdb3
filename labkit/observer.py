"""Who is told of the work of this process: a person, unless a program that runs notebooks puts its own observer here.

What differs between the two is asked of `current`, so that no other file knows who runs it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .environment import HOME


class Observer:
    """A person's: a bar shows how far training is, and nothing else is kept of it."""

    progress: Path | None = None  # a file to which whoever trains appends how far it is; None for a bar
    folder = HOME.parent / "reports"  # of the files that a notebook makes to be handed in

    def finished(self, runs: Sequence) -> None:
        """These runs were asked for, and are whole: trained now, or found in the cache."""

    def table(self, name: str, values: object) -> None:
        """A table was shown; its numbers, a DataFrame, belong into a file of this name."""

    @contextmanager
    def extra_cores(self, wanted: int) -> Iterator[int]:
        """Hold cores for as many processes beside this one as may be started, at most `wanted`."""
        yield wanted


current = Observer()
