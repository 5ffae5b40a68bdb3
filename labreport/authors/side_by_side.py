"""What each author of a class is to have, made side by side by a worker process on each core."""

import json
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from threading import Lock

from labkit.errors import LabError
from labkit.experiments.progress import duration

from ..build.lock import lab_lock
from ..build.request import AUTHORS
from ..build.terminal import PLAIN_SECONDS, Terminal
from ..build.workers import work_off
from ..project.project import Project
from ..project.temporary import remove_what_was_left
from ..project.texts import listed
from ..verify.ending import begin, end
from . import worker
from .class_list import Author
from .worker import CURRENT, MADE, Answer, Task

FAILED = "failed"
MOST_MADE = 8  # by one worker: Typst keeps what it set for ten reports, at 45 MB each


class Worker:
    """A worker process, seen from the one that asks."""

    def __init__(self, task: Task) -> None:
        self.n_made = 0
        self.process = begin(worker.__name__)
        self.write(asdict(task))

    def write(self, value: object) -> None:
        with suppress(OSError):  # it has ended, which reading tells
            self.process.stdin.write(json.dumps(value).encode() + b"\n")
            self.process.stdin.flush()

    def ask(self, author: Author) -> Answer:
        """Raise LabError where the process ends without an answer."""
        self.write({"author": author.author, "student_id": author.student_id})
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise LabError("the process that made it broke off")
        made = Answer(**json.loads(line))
        self.n_made += made.state != CURRENT
        return made

    def close(self) -> None:
        with suppress(OSError):
            self.process.stdin.close()
        end(self.process)
        self.process.stdout.close()


class SideBySide:
    """The authors of a class, and what became of each that is done."""

    def __init__(self, task: Task, authors: Sequence[Author], terminal: Terminal) -> None:
        self.task = task
        self.authors = authors
        self.terminal = terminal
        self.done: dict[Author, Answer] = {}
        self.idle: deque[Worker] = deque()
        self.workers: set[Worker] = set()
        self.lock = Lock()
        self.stopped = False
        self.since = self.told = time.monotonic()

    def make_all(self, project: Project) -> None:
        """Raise LabError if a build of the lab is at work, and KeyboardInterrupt after Ctrl-C."""
        remove_what_was_left()
        with lab_lock(project, self.task.lab, self.terminal.line):
            try:
                work_off(self.authors, lambda author, _: self.make(author), self.stop)
            finally:
                for one in self.workers:
                    one.close()

    def make(self, author: Author) -> None:
        """Ask a worker that is idle, or a new one."""
        try:
            asked = self.idle.pop()
        except IndexError:
            asked = Worker(self.task)
            self.workers.add(asked)
        try:
            made = asked.ask(author)
        except LabError as error:
            made, asked.n_made = Answer(errors=[str(error)]), MOST_MADE
        if asked.n_made < MOST_MADE:
            self.idle.append(asked)
        else:
            self.workers.discard(asked)
            asked.close()
        with self.lock:
            if made.state or not self.stopped:
                self.done[author] = made
            self.tell(time.monotonic())

    def stop(self) -> None:
        self.stopped = True
        for one in list(self.workers):
            end(one.process)

    def tell(self, now: float) -> None:
        """How many are done and how long the others will take, on one line, or where none can be drawn now and then."""
        n_made = sum(made.state != CURRENT for made in self.done.values())
        if not n_made:
            self.since = now  # the time of those that are up to date says nothing of the others
        left = len(self.authors) - len(self.done)
        text = f"{len(self.done)} of {len(self.authors)} authors"
        if n_made > 1 and left:
            text += f", about {duration((now - self.since) / n_made * left)} left"
        self.terminal.status(text)
        if not self.terminal.in_place and now - self.told >= PLAIN_SECONDS and left:
            self.terminal.line(text)
            self.told = now

    def summary(self) -> str:
        """`200 of 200 authors: 150 made, 49 up to date, 1 failed`"""
        told = Counter(FAILED if made.errors else made.state for made in self.done.values())
        counted = ", ".join(f"{told[state]} {state}" for state in (MADE, CURRENT, FAILED) if told[state])
        return f"{sum(told.values())} of {len(self.authors)} authors: {counted or 'none made'}"

    def sentences(self, kind: str) -> list[str]:
        """The `errors` or `notes` of all, those together who have the same to mend."""
        whose: dict[str, list[Author]] = {}
        for author in self.authors:
            for text in getattr(self.done.get(author, Answer()), kind):
                whose.setdefault(text, []).append(author)
        return [f"{listed(found, 10)}: {text}" for text, found in whose.items()]


def make_for_each(project: Project, task: Task, authors: Sequence[Author], terminal: Terminal) -> int:
    """Make it for each author, and say what became of all. Exit code 1 if one failed, 130 if it was stopped by hand."""
    done = SideBySide(task, authors, terminal)
    with suppress(KeyboardInterrupt):
        done.make_all(project)
    for text in done.sentences("notes"):
        terminal.line(f"note: {text}")
    terminal.line(f"\n{done.summary()}, in {project.short(project.reports(task.lab) / AUTHORS)}")
    if done.stopped:
        terminal.line("stopped: the same command goes on with the others")
        return 130
    errors = done.sentences("errors")
    for text in errors:
        print(f"error: {text}", file=sys.stderr)
    return int(bool(errors))
