"""What a person sees while a lab is built: lines that stay, and one line of progress drawn in place."""

import json
import logging
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

REDRAW_SECONDS = 0.2
PLAIN_SECONDS = 10.0


class WarningLines(logging.Handler):
    """Shows what labkit logs while this is open as lines of a terminal, so that they do not run into the progress."""

    def __init__(self, terminal: "Terminal") -> None:
        super().__init__(logging.WARNING)
        self.terminal = terminal

    def __enter__(self) -> None:
        logging.getLogger("labkit").addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("labkit").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.terminal.line(f"warning: {record.getMessage()}")


@dataclass
class StudyProgress:
    """A study as the kernel reports it, in run-epochs: in all, done, and those done that came from the cache.

    The kernel's `name` tells studies apart; a reader sees the `number` in the order they began.
    """

    name: str
    number: int
    total: int = 0
    done: int = 0
    cached: int = 0
    since: float = 0.0

    @property
    def trained(self) -> int:
        """The run-epochs that were trained now."""
        return self.done - self.cached

    def status(self, now: float) -> str:
        """`study 1: 420,000 of 1,000,000 epochs, 8 s left`"""
        text = f"study {self.number}: {self.done:,} of {self.total:,} epochs"
        elapsed = now - self.since
        if self.trained and self.done < self.total and elapsed > 1:
            text += f", {duration(elapsed / self.trained * (self.total - self.done))} left"
        return text


def duration(seconds: float) -> str:
    """`8 s`, `2 min 5 s`"""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


class ProgressFile:
    """Reads the JSON lines that a kernel appends: {"study": name, "total": n, "add": n, "cached": bool}."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.studies: list[StudyProgress] = []

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
            study = self.find_study(entry["study"], entry["total"], entry["add"], now)
            study.done += entry["add"]
            study.cached += entry["add"] if entry.get("cached") else 0

    @property
    def latest(self) -> StudyProgress | None:
        """The study that began last."""
        return self.studies[-1] if self.studies else None

    def find_study(self, name: str, total: int, add: int, now: float) -> StudyProgress:
        """The study that a line belongs to; one more line than a study has epochs begins another of that name."""
        for study in reversed(self.studies):
            if study.name == name and study.total == total and study.done + add <= total:
                return study
        self.studies.append(StudyProgress(name, len(self.studies) + 1, total, since=now))
        return self.studies[-1]


class Terminal:
    """Prints to a stream; on a terminal it can also draw one line over itself.

    Several notebooks may speak at once, each in threads of its own. Their lines come in the order of the notebooks:
    those of the first that is still at work at once, those of the others when their turn comes.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.in_place = stream.isatty()
        self.drawn = 0
        self.lock = threading.Lock()
        self.speaker = threading.local()
        self.waiting: dict[str, list[str]] = {}  # lines by notebook, from the one whose turn it is on
        self.ended: set[str] = set()
        self.statuses: dict[str, str] = {}

    def order(self, names: Iterable[str]) -> None:
        """The notebooks that will speak, in their order."""
        self.waiting, self.ended = {name: [] for name in names}, set()

    @contextmanager
    def speaking(self, name: str) -> Iterator[None]:
        """What this thread prints in the block is of the notebook `name`."""
        self.speaker.name = name
        try:
            yield
        finally:
            self.speaker.name = None

    def finished(self, name: str) -> None:
        """The notebook `name` says nothing more: the next one has its turn."""
        with self.lock:
            self.statuses.pop(name, None)
            self.ended.add(name)
            while first := self.first_at_work():
                lines, self.waiting[first] = self.waiting[first], []
                for text in lines:
                    self.print_line(text)
                if first not in self.ended:
                    break
                del self.waiting[first]

    def line(self, text: str = "") -> None:
        """A line that stays."""
        name = getattr(self.speaker, "name", None)
        with self.lock:
            if name in self.waiting and name != self.first_at_work():
                self.waiting[name].append(text)
            else:
                self.print_line(text)

    def status(self, text: str) -> None:
        """A line that the next one replaces, cut at the terminal's width. Nothing if this is no terminal."""
        if not self.in_place:
            return
        with self.lock:
            self.statuses[getattr(self.speaker, "name", None) or ""] = text
            both = "  |  ".join(filter(None, self.statuses.values()))
            shown = both[: shutil.get_terminal_size().columns - 1]
            print("\r" + shown.ljust(self.drawn), end="", file=self.stream, flush=True)
            self.drawn = len(shown)

    def first_at_work(self) -> str:
        return next(iter(self.waiting), "")

    def print_line(self, text: str) -> None:
        if self.drawn:
            print("\r" + " " * self.drawn + "\r", end="", file=self.stream)
            self.drawn = 0
        print(text, file=self.stream, flush=True)

    @contextmanager
    def watch(self, name: str, path: Path) -> Iterator[ProgressFile]:
        """Show the progress that a kernel writes to `path` for as long as the block runs."""
        progress = ProgressFile(path)
        stop = threading.Event()
        thread = threading.Thread(target=self.follow, args=(name, progress, stop), daemon=True)
        thread.start()
        try:
            yield progress
        finally:
            stop.set()
            thread.join()
            progress.read(time.monotonic())

    def follow(self, name: str, progress: ProgressFile, stop: threading.Event) -> None:
        start = printed = time.monotonic()
        last = ""
        with self.speaking(name):
            while not stop.wait(REDRAW_SECONDS):
                now = time.monotonic()
                progress.read(now)
                study = f", {progress.latest.status(now)}" if progress.latest else ""
                self.status(f"{name}: {duration(now - start)}{study}")
                if not self.in_place and progress.latest and now - printed >= PLAIN_SECONDS:
                    text = f"{name}: {progress.latest.status(now)}"
                    if text != last:
                        self.line(text)
                    last, printed = text, now
