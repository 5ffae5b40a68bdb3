"""The one way files are written: each is there whole or not at all, and of several no one is replaced before all
of them are on the disk."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .errors import LabError

PART = ".part"  # the end of the name of a file that is being written


def write_atomic(path: Path, content: str | bytes, durable: bool = True) -> None:
    """Write one file, as `write_all` does."""
    write_all({path: content}, durable)


def write_all(contents: Mapping[Path, str | bytes], durable: bool = True) -> None:
    """Write files so that at every moment the old one or the new one is there, never a part of one.

    All of them are written beside their places first, so that a full disk leaves all the old ones. Without `durable`
    nothing waits for the disk: for what is checked when it is read, and can be made again. Raises LabError that says
    which file could not be written, and why.
    """
    parts: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            parts[path] = write_part(path, content.encode() if isinstance(content, str) else content, durable)
        for path in contents:
            parts[path].replace(path)
            del parts[path]
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror or error}; what was there is still there") from None
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()


def write_part(path: Path, content: bytes, durable: bool) -> Path:
    """Write `content` beside `path`, under a name that no other writer has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.chmod(0o644)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part
