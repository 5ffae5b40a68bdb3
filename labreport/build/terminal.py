"""What a person sees while a lab is built: lines that stay, and one line of progress drawn in place."""

import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

REDRAW_SECONDS = 0.2
PLAIN_SECONDS = 10.0


class WarningLines(logging.Handler):
    """Shows what the two packages log while this is open as lines of a terminal, not across its progress."""

    LOGGERS = ("labkit", "labreport")

    def __init__(self, terminal: "Terminal") -> None:
        super().__init__(logging.WARNING)
        self.terminal = terminal
        self.said: set[str] = set()  # what both formats lack, and the report of all notebooks, is said once

    def __enter__(self) -> None:
        for name in self.LOGGERS:
            logging.getLogger(name).addHandler(self)

    def __exit__(self, *_: object) -> None:
        for name in self.LOGGERS:
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message not in self.said:
            self.said.add(message)
            self.terminal.line(f"warning: {message}")


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
        self.speaker: ContextVar[str] = ContextVar("speaker", default="")  # a notebook, in all threads that work for it
        self.waiting: dict[str, list[str]] = {}  # lines by notebook, from the one whose turn it is on
        self.ended: set[str] = set()
        self.statuses: dict[str, str] = {}

    def order(self, names: Iterable[str]) -> None:
        """The notebooks that will speak, in their order."""
        self.waiting, self.ended = {name: [] for name in names}, set()

    @contextmanager
    def speaking(self, name: str) -> Iterator[None]:
        """What is printed in the block is of the notebook `name`."""
        before = self.speaker.set(name)
        try:
            yield
        finally:
            self.speaker.reset(before)

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
        name = self.speaker.get()
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
            self.statuses[self.speaker.get()] = text
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
