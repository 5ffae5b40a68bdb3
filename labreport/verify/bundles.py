"""The bundles of a class, one after the other: none can stop the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from labkit.errors import LabError

from ..project.texts import listed
from .check import Checker
from .reading.findings import LOOK, BundleVerdict, Finding


def bundles(paths: Iterable[Path]) -> list[Path]:
    """The zip files named, and those below the folders named, in order. Raise LabError where there are none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix.lower() == ".zip" and (p.is_symlink() or p.is_file())
            )
            if not inside:
                raise LabError(f"there is no .zip file in {path}")
            found += inside
        elif path.exists() or path.is_symlink():
            found.append(path)
        else:
            raise LabError(f"there is no bundle at {path}")
    return list(dict.fromkeys(found))


def check_all(paths: Sequence[Path], checker: Checker, each: Callable[[BundleVerdict], None]) -> list[BundleVerdict]:
    """Check bundles one after the other; `each` is told every verdict as soon as it is there."""
    verdicts = []
    for path in paths:
        verdicts.append(checker.check(path))
        each(verdicts[-1])
    for verdict, others in same_numbers(verdicts):
        text = f"the student number {verdict.student_id!r} is also that of {listed(others)}"
        verdict.add([Finding(LOOK, "integrity", text)])
    return verdicts


def same_numbers(verdicts: Sequence[BundleVerdict]) -> Iterator[tuple[BundleVerdict, list[str]]]:
    """Bundles of one lab that are handed in under one number."""
    for verdict in verdicts:
        others = [
            other.bundle
            for other in verdicts
            if other is not verdict and (other.student_id, other.lab) == (verdict.student_id, verdict.lab)
        ]
        if others and verdict.student_id:
            yield verdict, others
