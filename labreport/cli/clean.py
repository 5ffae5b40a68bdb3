"""`clean`: remove the reports."""

import argparse
import shutil

from ..project.project import Project


def add(command: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(options: argparse.Namespace) -> int:
    """Remove the report folders."""
    project = Project(options.root.resolve())
    for folder in sorted(path for path in (project.root / "reports").glob("*") if path.is_dir()):
        shutil.rmtree(folder)
        print(f"removed {project.short(folder)}")
    return 0
