"""`reproduce`: build the labs of the five reports and the ledger of their claims."""

import argparse
import sys

from ..build.request import Request, missing_data
from ..project.fetched import missing_text
from ..project.labs import load_lab
from ..project.project import Project
from . import report

REPRODUCED = ("r0", "r1", "r2", "r3", "r4", "claims")


def add(command: argparse.ArgumentParser) -> None:
    report.add_variant(command)
    command.set_defaults(parameters=[], why=False, authors=None)


def run(options: argparse.Namespace) -> int:
    """Build the labs one after the other, but those whose data are missing, which is said before and after.

    The worst exit code of them, and 1 if a lab was left out: not all that was asked for is there.
    """
    project = Project(options.root.resolve())
    left_out = {}
    for lab in REPRODUCED:
        if needs := missing_data(Request(load_lab(project, lab), profile=options.profile)):
            left_out[lab] = f"left out: {missing_text(lab, needs)}"
            print(left_out[lab])
    codes = [1 if left_out else 0]
    for lab in REPRODUCED:
        if lab not in left_out:
            print(f"\n{lab}")
            options.names, options.strict = [lab], not options.profile  # small values need not bear out a sentence
            codes.append(report.run(options))
    for text in left_out.values():
        print(f"\n{text}", file=sys.stderr)
    return max(codes)
