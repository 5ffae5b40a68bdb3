"""What kernels draw figures with, and whether a figure comes out on this machine as it does elsewhere.

matplotlib takes settings and a list of fonts from the user's home folder. Kernels do not: where a file there is
damaged, or cannot be written, there would be warnings in the report, and other figures.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

from labkit.environment import HOME

USERS_SETTINGS = ("MPLBACKEND", "MATPLOTLIBRC")  # variables that say how the user wants figures elsewhere
# One figure as the pinned matplotlib draws it in labkit's style: a new pin or style may need a new hash.
DRAWN = "c18ceea2b4b64706e52bf5a788c58ce8e9eda356055ab5766c7d1bb22ed1db79"
NUMBER = re.compile(r"-?\d+\.\d+")
ID = re.compile(r"\b[a-z][0-9a-f]{10}\b")  # made of all digits of a path


def matplotlib_folder(private: str) -> str:
    """The folder of matplotlib's settings, which has none, and list of fonts; `private` where nothing can be kept.

    The list is made before a kernel needs it: where that takes long, matplotlib says so, and a notebook would show it.
    """
    folder = HOME / f"matplotlib-{metadata.version('matplotlib')}"
    try:
        if not folder.is_dir():
            HOME.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=HOME, ignore_cleanup_errors=True) as made:
                command = [sys.executable, "-c", "import matplotlib.font_manager"]
                subprocess.run(command, env=os.environ | {"MPLCONFIGDIR": made}, capture_output=True, check=True)
                Path(made).rename(folder)  # in one step: it is there whole or not at all
    except (OSError, subprocess.SubprocessError):
        return str(folder) if folder.is_dir() else private  # another build was faster, or the disk is full
    return str(folder)


@cache
def draws_as_pinned() -> bool:
    """Whether a figure with all that fonts decide comes out here as with the matplotlib of requirements.txt.

    Numbers count to two digits after the point: their last ones are a matter of the processor.
    """
    from labkit.figures import inline, panels
    from labkit.figures.style import styled

    @styled
    def draw():
        ax = panels("Loss, 訓練誤差 − Ω", height=3, width=5)
        ax.plot([0.5, 1, 2], [1e-3, 0.1, 10], "o--", label=r"$\eta = 10^{-2}$, $\mathcal{L}\,\sum_i x_i$")
        ax.set(yscale="log", xlabel="epochs", ylabel="loss")
        ax.legend()
        return ax.figure

    text = ID.sub("", inline.rendered(draw(), "svg").decode())
    text = NUMBER.sub(lambda number: f"{float(number[0]):.2f}", text)
    return hashlib.sha256(text.encode()).hexdigest() == DRAWN
