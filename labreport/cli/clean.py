"""`clean`: remove the reports."""

import argparse
import shutil

from ..project.project import Project


def add(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("clean", help="remove all reports; trained studies stay in the cache")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Remove the report folders."""
    project = Project(options.root.resolve())
    for folder in sorted(path for path in (project.root / "reports").glob("*") if path.is_dir()):
        shutil.rmtree(folder)
        print(f"removed {project.short(folder)}")
    return 0
