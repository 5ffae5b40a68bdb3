"""How far training is: whoever trains appends lines to a file, and whoever shows it reads along.

The file is the observer's, or a temporary one where `bar.watched` draws a bar; without one of them nothing is written.
Every process may append; a line is one JSON object and one write. Nothing goes to the notebook's outputs.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from .. import observer


class Progress:
    """Counts epochs times runs of one study, and writes at most five lines a second."""

    def __init__(self, total: int):
        self.study, self.total = uuid4().hex, total  # the name by which the lines of a study are known
        self.done, self.pending, self.last = 0, 0, 0.0
        self.path = observer.current.progress

    def add(self, n: int, now: bool = False, cached: bool = False, loss=None) -> None:
        """n more run-epochs are done (or, `cached`, were done before); `now` writes at once. `loss` holds the training
        loss of each run that is at work, (R,)."""
        self.done += n
        if self.path is None or not self.total:  # an untrained network is no progress
            return
        self.pending += n
        if not (now or cached or time.monotonic() - self.last > 0.2):
            return
        line = {"study": self.study, "total": self.total, "add": self.pending, "cached": cached}
        if loss is not None and len(loss):
            line["loss"] = float(sorted(loss)[len(loss) // 2])
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.pending, self.last = 0, time.monotonic()


@dataclass
class StudyProgress:
    """A study as its file tells it, in run-epochs: in all, done, and those done that came from the cache.

    `since` is when it was first heard of; `loss` is the median over the runs that were last heard of.
    """

    total: int
    since: float
    done: int = 0
    cached: int = 0
    loss: float | None = None

    @property
    def trained(self) -> int:
        """The run-epochs that were trained now."""
        return self.done - self.cached

    def text(self, now: float) -> str:
        """`420,000 of 1,000,000 epochs, loss 0.0312, 8 s left`"""
        text = f"{self.done:,} of {self.total:,} epochs"
        if self.loss is not None:
            text += f", loss {self.loss:.3g}"
        elapsed = now - self.since
        if self.trained and self.done < self.total and elapsed > 1:
            text += f", {duration(elapsed / self.trained * (self.total - self.done))} left"
        return text


class ProgressFile:
    """Reads the lines that are appended. `studies` has what they tell, in the order in which the studies began."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.studies: dict[str, StudyProgress] = {}

    def read(self, now: float) -> None:
        """Take in the lines written since the last call; a line without its end is left for the next."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self.position)
            new = file.read()
        complete = new[: new.rfind(b"\n") + 1]
        self.position += len(complete)
        for line in complete.splitlines():
            entry = json.loads(line)
            study = self.studies.setdefault(entry["study"], StudyProgress(entry["total"], since=now))
            study.done += entry["add"]
            study.cached += entry["add"] if entry.get("cached") else 0
            study.loss = entry.get("loss", study.loss)

    @property
    def latest(self) -> StudyProgress | None:
        """The study that began last."""
        return next(reversed(self.studies.values()), None)


def duration(seconds: float) -> str:
    """`8 s`, `2 min 5 s`"""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
