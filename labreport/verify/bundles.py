"""The bundles of a class, one after the other: none can stop the others."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from labkit.errors import LabError

from .copies import Copies, same_numbers
from .examine import REPORTS
from .reading.findings import BundleVerdict

NOT_OPENED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".pdf")  # what students hand in instead of the zip


def bundles(paths: Iterable[Path]) -> dict[Path, str]:
    """What was handed in: the files named, and those below the folders named, in order, with what to call each. Raise
    LabError where there are none."""
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if (p.is_symlink() or p.is_file()) and not is_extracted(p))
            names = {p: p.relative_to(path).as_posix() for p in inside if p.suffix.lower() in (".zip", *NOT_OPENED)}
            if not any(p.suffix.lower() == ".zip" for p in names):
                raise LabError(f"there is no .zip file in {path}")
            zipped = {p.parent for p in names if p.suffix.lower() == ".zip"}
            found |= {p: name for p, name in names.items() if p.suffix.lower() == ".zip" or p.parent not in zipped}
        elif path.exists() or path.is_symlink():
            found.setdefault(path, path.name)
        else:
            raise LabError(f"there is no bundle at {path}")
    return found


def is_extracted(path: Path) -> bool:
    """Whether a file is a report that an earlier check put beside its page."""
    return path.name == "report.pdf" and path.with_name(REPORTS["report.html"]).exists()


def check_all(
    found: Mapping[Path, str], check: Callable[[Path, str], BundleVerdict], each: Callable[[BundleVerdict], None]
) -> list[BundleVerdict]:
    """Check bundles one after the other; `each` is told every verdict as soon as it is there. What two bundles share is
    told of both."""
    verdicts: list[BundleVerdict] = []
    copies = Copies()
    for path, name in found.items():
        verdicts.append(check(path, name))
        copies.add(verdicts[-1])
        same_numbers(verdicts, verdicts[-1])
        each(verdicts[-1])
    return verdicts
