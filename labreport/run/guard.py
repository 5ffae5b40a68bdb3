"""A watch over a running kernel: it is ended from outside, when its time is over, or when it takes too much memory."""

import threading
import time

import psutil

from ..project.limits import Limits

POLL_SECONDS = 0.5
GIGABYTE = 1e9


class Guard:
    """Watches one kernel while it is open as a context. `reason` says why the kernel was ended, "" if it was not."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.reason = ""
        self.kernel: psutil.Process | None = None
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> "Guard":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self.thread.join()

    def started(self, pid: int) -> None:
        """Take over the kernel of this process number."""
        self.kernel = psutil.Process(pid)
        if self.reason:
            self.kill()

    def end(self, reason: str) -> None:
        """End the kernel with all that it started, now or as soon as it begins."""
        self.reason = self.reason or reason
        if self.kernel:
            self.kill()

    def watch(self) -> None:
        began = time.monotonic()
        while not self.closed.wait(POLL_SECONDS):
            if time.monotonic() - began > 60 * self.limits.minutes:
                self.end(f"stopped after {self.limits.minutes:g} minutes, the limit for a notebook")
            elif self.memory() > GIGABYTE * self.limits.gigabytes:
                self.end(f"stopped with more than {self.limits.gigabytes:g} GB of memory, the limit for a notebook")

    def family(self) -> list[psutil.Process]:
        """The kernel and its workers, those that are there."""
        try:
            return [self.kernel, *self.kernel.children(recursive=True)] if self.kernel else []
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> int:
        total = 0
        for process in self.family():
            try:
                total += process.memory_info().rss
            except psutil.Error:  # it ended while we looked
                continue
        return total

    def kill(self) -> None:
        for process in self.family():
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
