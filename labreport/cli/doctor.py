"""`doctor`: check that everything a report needs is there and works."""

import argparse
import shutil

from ..doctor.checks import CHECKS, examine
from ..project.project import Project
from .columns import broken

WIDTH = max(map(len, CHECKS))
INDENT = len("WRONG") + 2 + WIDTH + 2


def add(command: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(options: argparse.Namespace) -> int:
    """Print a line for each thing that is checked, and how to mend what is wrong. Exit code 1 if anything is."""
    n_wrong, mends = 0, set()
    room = shutil.get_terminal_size(fallback=(120, 24)).columns - INDENT
    for name, finding in examine(Project(options.root.resolve())):
        n_wrong += not finding.ok
        mark = "ok" if finding.ok else "WRONG"
        for line in broken(finding.text, room):
            print(f"{mark:5}  {name:{WIDTH}}  {line}", flush=True)
            mark = name = ""
        if finding.mend and finding.mend not in mends:  # one remedy may mend many things
            print(f"{'':{INDENT}}-> {finding.mend}")
            mends.add(finding.mend)
    print(f"\n{n_wrong} to mend." if n_wrong else "\nAll is well.")
    return 1 if n_wrong else 0
