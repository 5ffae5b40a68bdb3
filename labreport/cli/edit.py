"""`edit`: open the notebooks in JupyterLab."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from ..project.project import Project, python_path

CONFIG = Path(__file__).parent / "jupyter"  # what JupyterLab does not ask, where its user has not said otherwise


def add(command: argparse.ArgumentParser) -> None:
    """It has no options of its own; JupyterLab gets all that are given."""


def run(options: argparse.Namespace) -> int:
    """Open JupyterLab on the first notebook, with this interpreter and this labkit.

    It takes the place of this process where that can be done, so that what ends the command ends JupyterLab, which ends
    its kernels.
    """
    project = Project(options.root.resolve())
    command = [sys.executable, "-m", "jupyterlab", *jupyterlab_options(project), *options.rest]
    config = os.pathsep.join(filter(None, [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")]))
    env = os.environ | python_path() | {"JUPYTER_CONFIG_PATH": config}
    sys.stdout.flush()
    if os.name == "nt":
        try:
            return subprocess.call(command, env=env)
        except KeyboardInterrupt:
            return 0
    os.execve(sys.executable, command, env)
    raise AssertionError("not reached")


def jupyterlab_options(project: Project) -> list[str]:
    """What JupyterLab is told: it shows the project's folder and the first notebook, and Ctrl-C ends it at once."""
    found = [f"--ServerApp.root_dir={project.root}", "-y"]
    if notebooks := sorted(project.notebooks.glob("*.ipynb")):
        found.append(f"--LabApp.default_url=/lab/tree/{quote(project.short(notebooks[0]))}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")  # who is root here means it, as in a container
    return found
