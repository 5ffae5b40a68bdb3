"""`edit`: open the notebooks in JupyterLab."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import labkit

from ..project.project import Project


def add(command: argparse.ArgumentParser) -> None:
    """It has no options of its own; JupyterLab gets all that are given."""


def run(options: argparse.Namespace) -> int:
    """Open JupyterLab on the notebooks, with this interpreter and this labkit."""
    notebooks = Project(options.root.resolve()).notebooks
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}", *options.rest]
    path = os.pathsep.join(filter(None, [str(Path(labkit.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    try:
        return subprocess.call(command, env=os.environ | {"PYTHONPATH": path})
    except KeyboardInterrupt:
        return 0
