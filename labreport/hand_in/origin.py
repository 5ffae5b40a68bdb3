"""What a report came from beside its configurations: versions, labkit's own files, data files, commit.

None of it says where the project lies or when it was built, so the same work gives the same bytes anywhere.
"""

import platform
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import labkit
from labkit.data.images import DIGITS, MNIST, mnist_folder

from ..build.freshness import hashes_below, sha256
from ..project.project import LIBRARY, MACHINERY

# The packages that decide a number or the look of a page.
PACKAGES = (
    *("numpy", "pandas", "matplotlib", "nbclient", "ipykernel", "papermill"),
    *("nbconvert", "pypandoc_binary", "typst", "beautifulsoup4", "pillow", "fonttools"),
)
GIT_SECONDS = 20


def versions() -> dict[str, str]:
    """The versions of labkit, Python and the packages that matter."""
    packages = {name: metadata.version(name) for name in PACKAGES}
    return {"labkit": labkit.__version__, "python": platform.python_version()} | packages


def library() -> dict[str, str]:
    """SHA-256 of each file of labkit and labreport, by its path from the folder above: "labkit/nn/layers.py"."""
    return dict(sorted(hashes_below([LIBRARY, MACHINERY]).items()))


def data_hashes(datasets: Iterable[str]) -> dict[str, Any]:
    """SHA-256 of the files of the data sets that are read, not drawn. Raise OSError where one is missing."""
    used: dict[str, Any] = {}
    if "digits" in (datasets := set(datasets)):
        used["digits"] = sha256(DIGITS.read_bytes())
    if "mnist" in datasets:
        used["mnist"] = {file.name: sha256((mnist_folder() / file.name).read_bytes()) for file in MNIST.values()}
    return used


def commit(root: Path) -> str | None:
    """The git commit of a project, or None where its notebooks are in no commit or there is no git."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD", "HEAD:./notebooks"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.split()[0]
