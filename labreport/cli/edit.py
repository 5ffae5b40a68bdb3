"""`edit`: open the notebooks in JupyterLab."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..project.project import Project, python_path

LAYOUT, FILES = "default", "filebrowser"  # as JupyterLab calls them
CONFIG = Path(__file__).parent / "jupyter"  # what JupyterLab does not ask, where its user has not said otherwise


def add(command: argparse.ArgumentParser) -> None:
    """It has no options of its own; JupyterLab gets all that are given."""


def run(options: argparse.Namespace) -> int:
    """Open JupyterLab on the first notebook, with this interpreter and this labkit.

    It takes the place of this process where that can be done, so that what ends the command ends JupyterLab, which ends
    its kernels.
    """
    project = Project(options.root.resolve())
    layouts = project.root / ".cache" / "jupyterlab"
    lay_out(project, layouts)
    command = [sys.executable, "-m", "jupyterlab", *jupyterlab_options(project, layouts), *options.rest]
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


def jupyterlab_options(project: Project, layouts: Path) -> list[str]:
    """What JupyterLab is told: to show the project's folder, to keep its layout there, and to end at once on Ctrl-C."""
    found = [f"--ServerApp.root_dir={project.root}", f"--LabApp.workspaces_dir={layouts}", "-y"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")  # who is root here means it, as in a container
    return found


def first_layout(project: Project) -> dict[str, Any]:
    """The first notebook, beside the files of the whole project: an address that names the notebook would show the
    files of its folder."""
    found: dict[str, Any] = {f"{FILES}:cwd": {"path": ""}}
    if notebooks := sorted(project.notebooks.glob("*.ipynb")):
        path = project.short(notebooks[0])
        name = f"notebook:{path}"
        dock = {"type": "tab-area", "currentIndex": 0, "widgets": [name]}
        left = {"collapsed": False, "visible": True, "current": FILES, "widgets": [FILES]}
        found[name] = {"data": {"path": path, "factory": "Notebook"}}
        found["layout-restorer:data"] = {"main": {"dock": dock, "current": name}, "left": left}
    return found


def lay_out(project: Project, folder: Path) -> None:
    """Write the first layout into the folder of layouts; if it is there, it has a person's own, from the last time."""
    if not folder.exists():
        from jupyterlab_server.workspaces_handler import WorkspacesManager

        layout = {"data": first_layout(project), "metadata": {"id": LAYOUT}}
        WorkspacesManager(str(folder)).save(LAYOUT, json.dumps(layout))
