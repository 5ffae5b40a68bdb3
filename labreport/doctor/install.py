"""Install pinned packages and this project into the environment in use. Where that fails, what worked works on.

`make` calls it, as `python -m labreport.doctor.install FILE STAMP`, in an environment that may hold nothing but pip.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from labkit.experiments.progress import duration

from ..build.terminal import PLAIN_SECONDS, REDRAW_SECONDS, Terminal
from ..project.texts import listed
from .pins import installed, pins

PIP = (sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
TOLD = ("Collecting", "Downloading", "Using cached", "Processing", "Building", "Installing")  # lines of pip's
ITSELF = ("--no-build-isolation", "--no-deps", "-e", ".")  # with the setuptools that is pinned: asks no network


def main(requirements: Path, stamp: Path, terminal: Terminal) -> int:
    """Install what a file of pins names, and touch the stamp. Exit code 0 also where that fails and nothing is missing.

    The stamp is then left as it is, so that the next `make` tries again.
    """
    terminal.line(f"Installing the packages of {requirements} into {sys.prefix} (the first time takes minutes) …")
    began = time.monotonic()
    if error := pip(["-r", str(requirements)], terminal) or pip(ITSELF, terminal):
        if missing := [name for name in [*dict(pins(requirements)), "labkit"] if installed(name) is None]:
            terminal.line(f"error: {requirements} cannot be installed, and {listed(missing, 6)} must be: {error}")
            return 1
        terminal.line(f"warning: {requirements} cannot be installed, so what is installed is used as it is: {error}")
        return 0
    terminal.line(f"Installed, in {duration(time.monotonic() - began)}.")
    stamp.touch()
    return 0


def pip(arguments: Sequence[str], terminal: Terminal) -> str:
    """Run pip, its last line in place of its hundreds; what went wrong in its own words, or an empty text."""
    with subprocess.Popen(
        [*PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        lines = ["Collecting"]
        reader = threading.Thread(target=lambda: lines.extend(map(str.strip, process.stdout)))
        reader.start()
        began = printed = time.monotonic()
        while reader.is_alive():
            reader.join(REDRAW_SECONDS)
            now = time.monotonic()
            text = f"{duration(now - began)}: {[line for line in lines if line.startswith(TOLD)][-1]}"
            terminal.status(text)
            if not terminal.in_place and now - printed >= PLAIN_SECONDS:
                terminal.line(text[:100])
                printed = now
    if process.returncode == 0:
        return ""
    errors = [line.partition(":")[2].strip() for line in lines if line.startswith("ERROR:")]
    unreachable = "the network does not answer; " if any("Retrying (" in line for line in lines) else ""
    return unreachable + (errors or lines)[-1]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Terminal(sys.stdout)))
