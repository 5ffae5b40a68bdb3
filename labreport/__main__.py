"""The command line: `lab COMMAND`, or `python -m labreport COMMAND`. Each command is a file of labreport/cli."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from labkit.errors import LabError, choice

COMMANDS = {
    "report": "run a lab and write its HTML and PDF",
    "submit": "check a report, and write the zip and the PDF to hand in",
    "starter": "write the project as students get it, without solutions",
    "verify": "check a bundle that was handed in, or a folder of them",
    "reproduce": "build the labs of the five reports R0 to R4 and the ledger of their claims",
    "study": "train a grid or a search of any size, on this machine or on a Dask cluster",
    "edit": "open the notebooks in JupyterLab, which also takes options of its own",
    "preview": "show one chapter in the browser, and keep it current while its notebook is edited",
    "open": "show a report in the browser",
    "params": "print the parameters of notebooks: type, default, range, meaning",
    "doctor": "check Python, packages, kernel, fonts, converters, disk and data",
    "data": "get a data set that is not in the package",
    "clean": "remove all reports; trained studies stay in the cache",
}
ROOT = Path(__file__).parent.parent


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of a command, and its function `run`. Of the commands, only the one that is called is imported."""
    top = argparse.ArgumentParser(
        prog="lab",
        description="Lab reports on back-propagation.",
        epilog="commands:\n" + "\n".join(f"  {name:10} {what}" for name, what in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--root", type=Path, default=ROOT, help="project folder (default: this one)")
    top.add_argument("command", metavar="COMMAND", help="one of those below; `lab COMMAND --help` tells its options")
    top.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = top.parse_args((sys.argv[1:] if arguments is None else arguments) or ["--help"])
    choice("command", given.command, COMMANDS)
    command = import_module(f"labreport.cli.{given.command}")
    parser = argparse.ArgumentParser(prog=f"lab {given.command}", description=f"{COMMANDS[given.command]}.")
    command.add(parser)
    options, options.rest = parser.parse_known_args(given.arguments)
    if options.rest and given.command != "edit":
        parser.error(f"unrecognized arguments: {' '.join(options.rest)}")
    options.root, options.run = given.root, command.run
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit codes: 0 all well, 1 a notebook failed, 2 a wrong request, 130 stopped by hand."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that lacks a character must not end the build
    try:
        options = parsed(arguments)
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
    except KeyboardInterrupt as stop:
        print(f"\nstopped: {str(stop) or 'no file was left half written'}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
