"""Processes of ours that lead a session of their own, so that each is ended with all that it started."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from ..project.project import python_path


def begin(module: str) -> subprocess.Popen:
    """A process that runs a module of ours, and answers what it is given with lines."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        env=os.environ | python_path(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(process: subprocess.Popen) -> None:
    """End a process that leads a session of its own, if it is still there."""
    if process.poll() is not None:
        return
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
