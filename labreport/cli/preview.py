"""`preview`: one chapter in the browser, kept current while its notebook is edited."""

import argparse
import sys

from labkit.errors import LabError

from ..build.terminal import Terminal, WarningLines
from ..project.project import Project
from .open import in_browser
from .report import find_names


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "names", nargs="*", metavar="NAME", help="lab, and the notebook to show (default the one that is saved last)"
    )
    command.add_argument("--profile", default="", help="parameter set of the lab file, for example quick")
    command.add_argument("--port", type=int, default=0, help="of the address on this machine (default a free one)")
    command.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")


def run(options: argparse.Namespace) -> int:
    """Show a chapter until Ctrl-C."""
    from ..preview.chapter import LiveChapter  # what reads pages and notebooks
    from ..preview.server import serve

    project, terminal = Project(options.root.resolve()), Terminal(sys.stdout)
    lab, notebooks = find_names(project, options.names)
    if not 0 <= options.port < 65536:
        raise LabError(f"--port must be 0 .. 65535; got {options.port}")
    if len(notebooks) > 1:
        raise LabError(f"one notebook is shown at a time; got {', '.join(notebooks)}")
    chapter = LiveChapter(project, lab, "".join(notebooks), options.profile, terminal)

    def ready(address: str) -> None:
        terminal.line(f"{address}   (Ctrl-C ends it)")
        if not options.no_browser and not in_browser(address):
            terminal.line("There is no browser here: open this address in one.")

    with WarningLines(terminal):
        try:
            serve(chapter, options.port, ready)
        except KeyboardInterrupt:
            terminal.line()
    return 0
