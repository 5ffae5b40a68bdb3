"""Ending a process with all that it started."""

import os
import signal
import subprocess
from contextlib import suppress


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
