"""The files beside the notebooks: which a person gave, and which kernels wrote while a lab was built.

What a kernel wrote is no input of the notebooks, or every build would make the next one necessary. It is one of those
that were seen to read it.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from filelock import FileLock

from labkit.files import write_atomic

from ..project.project import Project
from ..run.traced import Traced, content_hash
from .freshness import Inputs, hashes_of

SEEN = "seen"  # what is noted of a file that a kernel was seen to write; of others, the hash that it was left with


class Beside:
    """The files beside the notebooks of a project, and the note of those that kernels wrote, in builds of any lab."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.file = project.root / ".cache" / "written.json"
        self.written = self.noted()

    def noted(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}  # missing or damaged: what lies there counts as given, until it is written again

    def all(self) -> Inputs:
        """The hash of each, by its path from the project's folder."""
        return hashes_of(self.project.beside(), self.project.root)

    def given(self) -> Inputs:
        """The hash of each that no kernel wrote, but for the bibliography, which is read where pages are written."""
        files = self.all()
        files.pop(self.project.short(self.project.bibliography), None)
        return {name: state for name, state in files.items() if self.written.get(name) not in (SEEN, state)}

    def note(self, before: Inputs, wrote: Collection[str]) -> None:
        """Note what a kernel `wrote`, and what has changed since `before` it was started though it was not seen.

        That may be the work of a program that it called, or of a person: it counts as written as long as it stays as
        it is now, unless it was not there before.
        """
        changed = {name: state for name, state in self.all().items() if before.get(name) != state}
        found = {name: state if name in before else SEEN for name, state in changed.items()}
        found |= dict.fromkeys(wrote, SEEN)
        locks = self.project.root / ".cache" / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / "written.lock"):  # builds of two labs may end at the same time
            known = self.noted()
            self.written = known | {name: state for name, state in found.items() if known.get(name) != SEEN}
            if self.written != known:
                write_atomic(self.file, json.dumps(self.written, indent=1, sort_keys=True) + "\n")


class Exchange:
    """What the notebooks of one build, named in their order, read and wrote: they may hand files to each other."""

    def __init__(self, project: Project, order: Sequence[str], read_before: Callable[[str], Mapping[str, str]]) -> None:
        """`read_before` tells what a notebook that is not run in this build read when it was."""
        self.project = project
        self.order = list(order)
        self.read_before = read_before
        self.traced: dict[str, Traced] = {}

    def read_by(self, name: str) -> Mapping[str, str]:
        return self.traced[name].read if name in self.traced else self.read_before(name)

    def now(self, file: str) -> str:
        return content_hash(self.project.root / file)

    def too_early(self, ran: Collection[str]) -> dict[str, str]:
        """The notebooks that read a file before one in front of them, of those that just `ran`, wrote it; with why
        they are to be run again."""
        found = {}
        for i, name in enumerate(self.order):
            for writer in [other for other in self.order[:i] if other in ran]:
                for file in sorted(self.traced[writer].wrote & self.read_by(name).keys()):
                    if self.read_by(name)[file] != self.now(file):
                        found[name] = f"{file} was written by {writer}"
        return found

    def own(self, name: str) -> Inputs:
        """The files that a notebook read, as it is to find them: those that it, or one behind it, has written since
        are right as they are now."""
        later = set().union(*(self.traced[n].wrote for n in self.order[self.order.index(name) :] if n in self.traced))
        return {file: self.now(file) if file in later else state for file, state in self.read_by(name).items()}
