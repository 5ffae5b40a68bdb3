"""What pandoc converted, kept from one build of a lab to the next: after an edited sentence only that one is new, and
pandoc takes half of the time of a report."""

import json
from contextlib import suppress
from importlib.metadata import version
from threading import Lock

from labkit.errors import LabError
from labkit.files import write_atomic

from ..project.project import Project

MOST_KEPT = 10_000_000  # characters; a report of 30 pages has 3 million


class Conversions:
    """The answers of pandoc that one lab's pages need, in the project's `.cache`."""

    def __init__(self, project: Project, lab: str) -> None:
        self.path = project.root / ".cache" / "pandoc" / f"{lab}.json"
        self.pandoc = version("pypandoc_binary")
        self.known: dict[str, str] | None = None
        self.lock = Lock()

    def remember(self) -> None:
        """Give pandoc's part what is kept, before the first page is written. A file that is damaged, or of another
        pandoc, counts as none."""
        from ..page import pandoc

        with self.lock:
            if self.known is not None:
                return
            self.known = {}
            with suppress(OSError, ValueError, TypeError, AttributeError):
                kept = json.loads(self.path.read_text(encoding="utf-8"))
                if kept["pandoc"] == self.pandoc:
                    self.known = {str(asked): str(answer) for asked, answer in kept["answers"].items()}
            with pandoc.sharing:
                pandoc.answers.update(self.known)
                pandoc.asked.clear()

    def keep(self) -> None:
        """Keep what was asked for since then, and what was known before, while that is no burden."""
        if self.known is None:
            return
        from ..page import pandoc

        needed = {key: pandoc.answers[key] for key in sorted(pandoc.asked) if key in pandoc.answers}
        if needed.keys() <= self.known.keys():
            return
        kept = self.known | needed
        if sum(map(len, (*kept, *kept.values()))) > MOST_KEPT:
            kept = needed
        with suppress(LabError):
            write_atomic(self.path, json.dumps({"pandoc": self.pandoc, "answers": kept}), durable=False)
