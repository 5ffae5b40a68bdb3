"""`edit`: open the notebooks in JupyterLab."""

import argparse
import os
import subprocess
import sys

from ..project.project import Project, python_path


def add(command: argparse.ArgumentParser) -> None:
    """It has no options of its own; JupyterLab gets all that are given."""


def run(options: argparse.Namespace) -> int:
    """Open JupyterLab on the notebooks, with this interpreter and this labkit."""
    notebooks = Project(options.root.resolve()).notebooks
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}", *options.rest]
    try:
        return subprocess.call(command, env=os.environ | python_path())
    except KeyboardInterrupt:
        return 0
