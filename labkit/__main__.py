"""The command line: `python -m labkit COMMAND`. Each command is a file of labkit/commands."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from labkit.commands import clean, data, edit, report, reproduce
from labkit.errors import LabError
from labkit.report.freshness import LIBRARY

COMMANDS = (report, reproduce, edit, data, clean)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m labkit", description="Lab reports on back-propagation.")
    top.add_argument("--root", type=Path, default=LIBRARY.parent, help="project folder (default: this one)")
    commands = top.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit codes: 0 all well, 1 a notebook failed, 2 a wrong request, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that lacks a character must not end the build
    options, options.rest = parser().parse_known_args(arguments)
    if options.rest and options.command != "edit":
        parser().error(f"unrecognized arguments: {' '.join(options.rest)}")
    try:
        return options.run(options)
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped: no file was left half written", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
