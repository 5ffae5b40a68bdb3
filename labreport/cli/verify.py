"""`verify`: check bundles that were handed in."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.errors import LabError

from ..build.terminal import Terminal
from ..project.labs import load_lab
from ..project.project import Project

if TYPE_CHECKING:
    from ..verify.reading.findings import BundleVerdict


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("bundles", nargs="+", type=Path, metavar="PATH", help="zip file, or folder of zip files")
    command.add_argument("--sample", type=int, metavar="N", help="train only N of a bundle's runs again (default all)")
    command.add_argument("--seed", type=int, default=0, help="which N (default 0)")
    command.add_argument(
        "--limit", type=float, default=60.0, metavar="MINUTES", help="of training a bundle, and of a notebook (60)"
    )
    command.add_argument("--no-rerun", action="store_true", help="do not run this project's notebooks to compare with")
    command.add_argument("--lab", default="", metavar="NAME", help="the lab that is asked for; another is a failure")
    command.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="write a page to look at the bundles and to mark them, with their reports beside it",
    )
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a row a bundle")


def run(options: argparse.Namespace) -> int:
    """Check bundles and print what was found. Exit code 1 if one failed; one to be looked at is not a failed one."""
    # the checks import converters and studies, which no other command should wait for
    from ..mark.class_files import ClassFiles
    from ..mark.listing import table_of_verdicts, verdict_lines
    from ..verify import self_test
    from ..verify.bundles import bundles, check_all
    from ..verify.check import Checker
    from ..verify.checks.retrain import Budget
    from ..verify.kept import Kept
    from ..verify.opening import Ahead

    if Path() in options.bundles:
        raise LabError("which bundle? Name a zip file, or a folder of them, as make verify BUNDLE=handed_in/")
    if options.sample is not None and options.sample < 1:
        raise LabError(f"--sample must be at least 1; got {options.sample}")
    if not 0 < options.limit < float("inf"):
        raise LabError(f"--limit must be a number of minutes > 0; got {options.limit}")
    project = Project(options.root.resolve())
    terminal = Terminal(sys.stdout)
    if options.lab:
        load_lab(project, options.lab)
    plan = Budget(options.sample, options.seed, options.limit)
    checker = Checker(project, terminal, plan, not options.no_rerun, options.lab)
    found = bundles(options.bundles)
    kept = Kept(project, (plan, checker.rerun, checker.lab), found)
    told = self_test.told()
    for text in told:
        terminal.line(text)
    files = ClassFiles(found, told, options.html, options.csv)

    def each(new: "BundleVerdict") -> None:
        files.add(new)
        terminal.line(f"{len(files.verdicts)} of {len(found)}: {new.bundle}")

    stopped = False
    try:
        with Ahead(bundle for bundle in found if bundle not in kept.known) as ahead:
            checker.opened = ahead.opened
            check_all(found, lambda path, name: kept.verdict(path, name, checker.check), each)
    except KeyboardInterrupt:
        stopped = True
    finally:
        if files.verdicts:
            files.write()
    verdicts = files.verdicts
    for verdict in verdicts:
        terminal.line("\n".join(["", *verdict_lines(verdict)]))
    if len(verdicts) > 1:
        terminal.line("\n".join(["", *table_of_verdicts(verdicts)]))
    for text in files.written():
        terminal.line(f"written: {text}")
    if stopped:
        terminal.line(f"stopped: {len(verdicts)} of {len(found)} are checked; the same command goes on with the others")
        return 130
    return int(any(verdict.word == "failed" for verdict in verdicts))
