"""How far a notebook is, shown while its kernel runs: the cell it is at, and the studies that it trains."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labkit.experiments.progress import ProgressFile, duration

from . import terminal


@dataclass
class WatchedNotebook:
    """A notebook that is being run: at which of its cells it is, and what its studies have reported."""

    name: str
    progress: ProgressFile
    cell: str = "starting the kernel"

    def on_cell(self, number: int, n_cells: int) -> None:
        self.cell = f"cell {number} of {n_cells}"

    def status(self, now: float) -> str:
        """`cell 12 of 35, study 4: 420,000 of 1,000,000 epochs, 8 s left`"""
        study = self.progress.latest
        if study is None or study.done >= study.total:
            return self.cell
        return f"{self.cell}, study {len(self.progress.studies)}: {study.text(now)}"


@contextmanager
def watched_kernel(shown: terminal.Terminal, name: str, path: Path) -> Iterator[WatchedNotebook]:
    """Show how far the notebook `name` is, and the progress that its kernel writes to `path`, for as long as the block
    runs."""
    notebook = WatchedNotebook(name, ProgressFile(path))
    stop = threading.Event()
    thread = threading.Thread(target=show_status, args=(shown, notebook, stop), daemon=True)
    thread.start()
    try:
        yield notebook
    finally:
        stop.set()
        thread.join()
        notebook.progress.read(time.monotonic())


def show_status(shown: terminal.Terminal, notebook: WatchedNotebook, stop: threading.Event) -> None:
    """Draw the status again and again; where nothing can be drawn in place, print what has changed now and then."""
    start = printed = time.monotonic()
    last = ""
    with shown.speaking(notebook.name):
        while not stop.wait(terminal.REDRAW_SECONDS):
            now = time.monotonic()
            notebook.progress.read(now)
            text = notebook.status(now)
            shown.status(f"{notebook.name}: {duration(now - start)}, {text}")
            if not shown.in_place and now - printed >= terminal.PLAIN_SECONDS and text != last:
                shown.line(f"{notebook.name}: {text}")
                last, printed = text, now
