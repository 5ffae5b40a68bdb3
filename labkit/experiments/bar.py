"""The bar that a person sees while something trains, in JupyterLab and on a terminal; it leaves nothing behind.

Nothing is drawn for what takes less than a second, in a build, under papermill or nbconvert, or into a file.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from ..errors import Stopped
from .progress import Progress, ProgressFile, StudyProgress

FIRST_SECONDS, REDRAW_SECONDS = 1.0, 0.2
WIDTH = 24  # characters of the bar on a terminal


@contextmanager
def watched(progress: Progress, kept: Callable[[], str]) -> Iterator[None]:
    """Draw a bar for as long as the block runs. If the user interrupts it, `kept` says what is left of the work."""
    try:
        screen = find_screen() if progress.path is None and progress.total else None
        if screen is None:
            yield
            return
        with tempfile.TemporaryDirectory(prefix="labkit") as folder:
            progress.path = Path(folder, "progress.jsonl")
            progress.add(0, now=True)
            ended = threading.Event()
            thread = threading.Thread(target=follow, args=(progress.path, screen, ended), daemon=True)
            thread.start()
            try:
                yield
            finally:
                ended.set()
                thread.join()
                progress.path = None
                screen.clear()
    except KeyboardInterrupt:
        raise Stopped(kept()) from None


def follow(path: Path, screen: "TerminalScreen | NotebookScreen", ended: threading.Event) -> None:
    """Draw what the file says until it is ended."""
    file = ProgressFile(path)
    file.read(time.monotonic())
    wait = FIRST_SECONDS
    while not ended.wait(wait):
        now = time.monotonic()
        file.read(now)
        if study := file.latest:
            if not study.trained:  # processes are still being started
                study.since = now
            screen.draw(study, now)
        wait = REDRAW_SECONDS


def find_screen() -> "TerminalScreen | NotebookScreen | None":
    """Where a person is looking; None where nobody is."""
    if sys.stderr is not None and sys.stderr.isatty():
        return TerminalScreen()
    # A front end that lets a cell ask for input has a person before it; nbclient, and so papermill, has none.
    if Cell.running and Cell.running.shell.kernel._allow_stdin:
        return NotebookScreen(Cell.running)
    return None


class TerminalScreen:
    """One line of standard error, drawn over itself."""

    def __init__(self) -> None:
        self.drawn = False

    def draw(self, study: StudyProgress, now: float) -> None:
        full = round(WIDTH * study.done / study.total)
        self.drawn = True
        print(f"\r{'█' * full}{'░' * (WIDTH - full)} {study.text(now)}\x1b[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class Cell:
    """What the running cell of a notebook has shown so far: to take a bar out of its outputs, a front end has to clear
    them all, and they are shown again."""

    running: "Cell | None" = None  # in the process of a kernel, once labkit was imported there

    def __init__(self, shell) -> None:
        self.shell, self.messages = shell, []
        shell.events.register("pre_run_cell", self.begin)
        shell.display_pub.register_hook(self.keep)
        for stream in (sys.stdout, sys.stderr):  # their hooks belong to the thread that sends what is written
            stream.pub_thread.schedule(lambda stream=stream: stream.register_hook(self.keep))

    @classmethod
    def watch(cls) -> None:
        """Let bars be drawn in the notebook that this process runs, if it does."""
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if hasattr(shell, "kernel") and hasattr(sys.stdout, "pub_thread") and cls.running is None:
            cls.running = cls(shell)

    def begin(self, info) -> None:
        self.messages.clear()

    def keep(self, message: dict) -> dict:
        """Called with every output that is about to be sent."""
        if message["msg_type"] == "clear_output":
            self.messages.clear()
        else:
            self.messages.append(message)
        return message

    def send(self, kind: str, content: dict) -> None:
        """Send an output to the front end, past `keep`."""
        publisher = self.shell.display_pub
        message = publisher.session.msg(kind, content, parent=publisher.parent_header)
        publisher.session.send(publisher.pub_socket, message, ident=publisher.topic)


class NotebookScreen:
    """An output of the running cell, replaced in place and taken out at the end."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.drawn = cell, False

    def draw(self, study: StudyProgress, now: float) -> None:
        text = study.text(now)
        html = f'<progress value="{study.done}" max="{study.total}"></progress> {escape(text)}'
        content = {"data": {"text/html": html, "text/plain": text}, "metadata": {}}
        content["transient"] = {"display_id": "labkit-progress"}
        self.cell.send("update_display_data" if self.drawn else "display_data", content)
        self.drawn = True

    def clear(self) -> None:
        if not self.drawn:
            return
        sys.stdout.flush()
        sys.stderr.flush()
        messages = list(self.cell.messages)
        self.cell.send("clear_output", {"wait": bool(messages)})  # with the next output, so that nothing flickers
        for message in messages:
            self.cell.send(message["msg_type"], message["content"])
