"""The bundles of a class, one after the other: none can stop the others."""

from collections import Counter
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
            files, folder = below(path), path
        elif path.exists() or path.is_symlink():
            files, folder = [path], path.parent
        else:
            raise LabError(f"there is no bundle at {path}")
        for file in files:
            if file not in found:
                name = file.relative_to(folder).as_posix()
                found[file] = f"{folder.resolve().name}/{name}" if name in found.values() else name
    return found


def below(folder: Path) -> list[Path]:
    """The zip files below a folder, and what stands in the place of one: no PDF that was handed in beside its zip."""
    inside = sorted(p for p in folder.rglob("*") if (p.is_symlink() or p.is_file()) and not is_extracted(p))
    zips = [p for p in inside if p.suffix.lower() == ".zip"]
    if not zips:
        raise LabError(f"there is no .zip file in {folder}")
    stems, n_zips = {p.with_suffix("") for p in zips}, Counter(p.parent for p in zips)
    instead = [
        p
        for p in inside
        if p.suffix.lower() in NOT_OPENED
        and p.with_suffix("") not in stems
        and (p.parent == folder or n_zips[p.parent] != 1)  # in a folder of a student's own, the zip is what counts
    ]
    return sorted([*zips, *instead])


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
