"""The files that decide what training computes, and which state of them this process runs.

`labkit/__init__.py` imports this module before any of them is loaded: what they hold at that moment is what runs, also
when somebody edits them later.
"""

import hashlib
from pathlib import Path

# The others only arrange, draw or report what these compute.
ENGINE = (
    *("nn/activations", "nn/initializers", "nn/layers", "nn/convolution", "nn/losses", "nn/network", "nn/optimizers"),
    *("data/arrays", "data/targets", "data/dataset", "data/points", "data/images", "data/sources"),
    *("experiments/front", "experiments/config", "experiments/architecture", "experiments/arithmetic"),
    *("experiments/run", "experiments/stopping", "experiments/training"),
)


def source_version() -> str:
    """A SHA-256 of these files as they are now; empty while one cannot be read."""
    digest = hashlib.sha256()
    try:
        for name in ENGINE:
            digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    except OSError:  # it is being replaced
        return ""
    return digest.hexdigest()


LOADED = source_version()


def is_current() -> bool:
    """Whether the files are still those that were loaded."""
    return source_version() == LOADED
