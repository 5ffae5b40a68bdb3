"""Verdicts kept from one call to the next: a class that was stopped goes on where it was, and one that is checked again
with nothing changed takes seconds. They lie in the project's `.cache`, and hold plain data."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from labkit.experiments.platforms import machine
from labkit.files import write_atomic

from ..build.freshness import hashes_of, sha256
from ..hand_in import origin
from ..project.project import Project, files_below
from .reading.archive import MAX_ARCHIVE
from .reading.findings import BundleVerdict, Finding, OwnCell


class Kept:
    """`settings` are all options of the call that decide a verdict."""

    def __init__(self, project: Project, settings: object) -> None:
        self.folder = project.root / ".cache" / "verify"
        notebooks = hashes_of(files_below(project.notebooks), project.root)
        own = [origin.library(), origin.versions(), machine(), notebooks, repr(settings)]
        self.state = sha256(json.dumps(own, sort_keys=True, default=str))

    def verdict(self, path: Path, name: str, check: Callable[[Path, str], BundleVerdict]) -> BundleVerdict:
        """The verdict that is kept of a bundle, or that of `check`; one that a limit or a fault of ours cut short is
        not kept."""
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_ARCHIVE:
            return check(path, name)
        key = sha256("\n".join([self.state, name, sha256(path.read_bytes())]))
        file = self.folder / f"{key}.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            row = json.loads(file.read_text(encoding="utf-8"))
            findings, own = [Finding(**one) for one in row["findings"]], [OwnCell(**one) for one in row["own"]]
            return BundleVerdict(**row | {"findings": findings, "own": own})
        verdict = check(path, name)
        if verdict.is_whole:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                write_atomic(file, json.dumps(asdict(verdict)))
        return verdict
