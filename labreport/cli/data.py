"""`data`: get a data set that is not in the package."""

import argparse
from pathlib import Path

from labkit.errors import choice


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("dataset", help="mnist")
    way = command.add_mutually_exclusive_group(required=True)
    way.add_argument("--from", dest="source", type=Path, metavar="DIR", help="copy its four files from a folder")
    way.add_argument("--download", action="store_true", help="fetch them; a broken download goes on where it stopped")


def run(options: argparse.Namespace) -> int:
    """Get a data set, check every byte of it, and say where it is."""
    choice("data set", options.dataset, ["mnist"])
    from .mnist import copy_mnist, download_mnist

    folder = copy_mnist(options.source) if options.source else download_mnist()
    print(f"MNIST is complete and checked, in {folder}")
    return 0
