"""`clean`: remove the reports."""

import argparse
import shutil

from labkit.environment import STUDIES

from ..project.project import Project

FILES = ("index.html", "build.json")  # what build/index.py writes


def add(command: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(options: argparse.Namespace) -> int:
    """Remove the report folders, and what tells of them all; studies took hours to train, and stay."""
    project = Project(options.root.resolve())
    reports = project.root / "reports"
    for folder in sorted(path for path in reports.glob("*") if path.is_dir() and path.name != STUDIES.name):
        shutil.rmtree(folder)
        print(f"removed {project.short(folder)}")
    for name in FILES:
        (reports / name).unlink(missing_ok=True)
    return 0
