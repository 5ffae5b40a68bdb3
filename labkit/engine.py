"""The folders that decide what training computes, and which state of them this process runs.

`labkit/__init__.py` imports this module before any of them is loaded: what they hold at that moment is what runs, also
when somebody edits them later. All else only arranges, draws or reports what they compute.
"""

import hashlib
from pathlib import Path

FOLDERS = ("nn", "data", "training")


def source_version() -> str:
    """A SHA-256 of their files as they are now; empty while one cannot be read."""
    digest = hashlib.sha256()
    try:
        for folder in FOLDERS:
            for path in sorted(Path(__file__).with_name(folder).glob("[!.]*.py")):
                digest.update(path.name.encode() + path.read_bytes())
    except OSError:  # it is being replaced
        return ""
    return digest.hexdigest()


LOADED = source_version()


def is_current() -> bool:
    """Whether the files are still those that were loaded."""
    return source_version() == LOADED
