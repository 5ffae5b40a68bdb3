"""Starting the child process that reads a bundle, and ending it when it takes too long."""

import json
import os
import subprocess
import sys
from compileall import compile_dir
from functools import cache
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ..project.project import LIBRARY, MACHINERY, python_path
from . import examine
from .ending import end
from .reading.findings import Finding
from .reading.strict import Unreadable

CANNOT_READ = "the bundle cannot be read"
MOST_RESULT = 100_000_000  # bytes; a lab of seven chapters gives 8 million
at_work: set[subprocess.Popen] = set()
WORDS = {"read": CANNOT_READ, "reports": CANNOT_READ, "convert": "the notebooks cannot be converted"}


@cache
def compile_packages() -> None:
    """Python's compiled files of the two packages, which the child, that may write nothing, would make each time."""
    for package in (LIBRARY, MACHINERY):
        compile_dir(package, quiet=2)


def run(step: str, archive: Path, folder: Path, seconds: float = examine.SECONDS) -> dict[str, Any]:
    """What a step of `examine` found, or LabError where it took too much time or memory. `folder` takes all files."""
    compile_packages()
    command = [sys.executable, "-P", "-B", "-m", examine.__name__, step, str(archive.absolute()), str(folder)]
    environment = os.environ | python_path() | {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    at_work.add(process)
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise LabError(f"{WORDS[step]}: it took more than {seconds:g} s") from None
    finally:
        end(process)
        at_work.discard(process)
    if code:
        limits = f"{examine.MEMORY / 1024**3:g} GB and {examine.SECONDS} s"
        raise LabError(f"{WORDS[step]}: it broke the converter, or its limits of {limits}")
    result = folder / f"{step}.json"
    if result.stat().st_size > MOST_RESULT:
        raise Unreadable(f"{WORDS[step]}: there is far more in it than in any report")
    return json.loads(result.read_text(encoding="utf-8"))


def end_all() -> None:
    """End all children: their bundles count as such that cannot be read."""
    for process in list(at_work):
        end(process)


def findings_of(result: dict[str, Any]) -> list[Finding]:
    return [Finding(**finding) for finding in result["findings"]]
