"""Verdicts kept from one call to the next: a class that was stopped goes on where it was, and one that is checked again
with nothing changed takes seconds. They lie in the project's `.cache`, and hold plain data."""

import json
from collections.abc import Callable, Mapping
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
    """The verdicts on the bundles that were `found`, as `bundles` names them. `settings` are all options of the call
    that decide a verdict."""

    def __init__(self, project: Project, settings: object, found: Mapping[Path, str]) -> None:
        self.folder = project.root / ".cache" / "verify"
        notebooks = hashes_of(files_below(project.notebooks), project.root)
        own = [origin.library(), origin.versions(), machine(), notebooks, repr(settings)]
        self.state = sha256(json.dumps(own, sort_keys=True, default=str))
        self.places = {bundle: self.place(bundle, name) for bundle, name in found.items()}
        read = {bundle: read_verdict(place) for bundle, place in self.places.items() if place}
        self.known = {bundle: verdict for bundle, verdict in read.items() if verdict}

    def place(self, bundle: Path, name: str) -> Path | None:
        """Where the verdict on a bundle is kept, if it may be."""
        if bundle.is_symlink() or not bundle.is_file() or bundle.stat().st_size > MAX_ARCHIVE:
            return None
        key = sha256("\n".join([self.state, name, sha256(bundle.read_bytes())]))
        return self.folder / f"{key}.json"

    def verdict(self, bundle: Path, name: str, check: Callable[[Path, str], BundleVerdict]) -> BundleVerdict:
        """The verdict that is kept of a bundle, or that of `check`; it is not kept where a limit or a fault of ours cut
        it short, or the bundle is another by now."""
        if bundle in self.known:
            return self.known[bundle]
        verdict, place = check(bundle, name), self.places[bundle]
        if verdict.is_whole and place and place == self.place(bundle, name):
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                write_atomic(place, json.dumps(asdict(verdict)))
        return verdict


def read_verdict(place: Path) -> BundleVerdict | None:
    """The verdict in a file; None if there is none, or it is damaged."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        row = json.loads(place.read_text(encoding="utf-8"))
        findings, own = [Finding(**one) for one in row["findings"]], [OwnCell(**one) for one in row["own"]]
        return BundleVerdict(**row | {"findings": findings, "own": own})
    return None
