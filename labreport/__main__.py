"""The command line: `lab COMMAND`, or `python -m labreport COMMAND`. Each command is a file of labreport/cli."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from labkit.errors import LabError

COMMANDS = ("report", "submit", "verify", "reproduce", "edit", "params", "doctor", "data", "clean")
ROOT = Path(__file__).parent.parent


def parser() -> argparse.ArgumentParser:
    """The commands and their options. A command that lacks a package says so when it is called."""
    top = argparse.ArgumentParser(prog="lab", description="Lab reports on back-propagation.")
    top.add_argument("--root", type=Path, default=ROOT, help="project folder (default: this one)")
    commands = top.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        try:
            import_module(f"labreport.cli.{name}").add(commands)
        except ImportError as error:
            command = commands.add_parser(name, help="cannot start: a package is missing")
            command.add_argument("arguments", nargs=argparse.REMAINDER)
            command.set_defaults(missing=error)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit codes: 0 all well, 1 a notebook failed, 2 a wrong request, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that lacks a character must not end the build
    options, options.rest = parser().parse_known_args(arguments)
    if options.rest and options.command != "edit":
        parser().error(f"unrecognized arguments: {' '.join(options.rest)}")
    try:
        if "missing" in options:
            raise options.missing
        code = options.run(options)
        sys.stdout.flush()  # here, where a reader that has gone can be told from an error
        return code
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"error: {error}; `lab doctor` says how to mend it", file=sys.stderr)
        return 2
    except BrokenPipeError:  # who read the output, as `head` does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nstopped: no file was left half written", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
