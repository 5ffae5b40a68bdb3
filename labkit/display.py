"""What a notebook shows: sentences, and figures and tables with the caption that the report needs."""

import platform
from collections.abc import Iterable

from .errors import LabError


def say(text: str) -> None:
    """Show a sentence made by code, in Markdown. What it says cannot disagree with the results it was made from."""
    from IPython.display import display

    display({"text/markdown": text, "text/plain": text}, raw=True)


def show_output(data: dict, kind: str, caption: str, alt: str | None = None, label: str | None = None) -> None:
    """Display an output with what the report says about it. Raises LabError where caption or alt is missing."""
    words = {"caption": caption} | ({"alt": alt} if kind == "figure" else {})
    for name, text in words.items():
        if not isinstance(text, str) or not text.strip():
            need = "that says what was found" if name == "caption" else "for those who cannot see it"
            raise LabError(f"a {kind} needs {name}=, a text {need}; got {text!r}")
    report = words | ({"label": label} if label else {}) | {"kind": kind}
    from IPython.display import display

    display(data, raw=True, metadata={"report": report})


def provenance(studies: Iterable) -> None:
    """One sentence on how the numbers were made, with nothing that changes by itself. Parameters: see the appendix."""
    import numpy as np

    from . import __version__
    from .experiments.cache import engine_version

    runs = [run for study in studies for run in study.members]
    seeds = sorted({run.config.seed for run in runs})
    say(
        f"Made with labkit {__version__} (engine `{engine_version()[:12]}`), Python {platform.python_version()} and "
        f"numpy {np.__version__}: {len(runs)} runs, seeds {seeds[0]} to {seeds[-1]}, "
        f"{sum(run.epochs for run in runs):,} epochs in all."
    )
