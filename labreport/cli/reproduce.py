"""`reproduce`: build the labs of the five reports and the ledger of their claims."""

import argparse

from . import report

REPRODUCED = ("r0", "r1", "r2", "r3", "r4", "claims")


def add(command: argparse.ArgumentParser) -> None:
    report.add_variant(command)
    command.set_defaults(parameters=[], why=False)


def run(options: argparse.Namespace) -> int:
    """Build the labs of the five reports and the ledger of their claims, one after the other; the worst exit code."""
    codes = []
    for lab in REPRODUCED:
        print(f"\n{lab}")
        options.names = [lab]
        codes.append(report.run(options))
    return max(codes)
