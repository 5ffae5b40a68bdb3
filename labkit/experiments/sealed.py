"""The form of what is kept of training: JSON and plain numbers behind a seal, so that damage is found and reading one
runs no code."""

import hashlib
import json
from pathlib import Path

from ..errors import LabError
from ..files import write_atomic


def write_sealed(path: Path, version: int, facts: dict, arrays: bytes) -> None:
    """Write a line with the SHA-256 of all that follows, a line of JSON, and the bytes of arrays."""
    content = json.dumps({"format_version": version} | facts).encode() + b"\n" + arrays
    write_atomic(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content, durable=False)


def read_sealed(path: Path, version: int, what: str) -> tuple[dict, bytes]:
    """The facts and the arrays of a file. Raises LabError where it is missing, damaged, or of another format."""
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        raise LabError(f"there is no {what} at {path}") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest().encode() != seal:
        raise LabError(f"{path} is not a {what} of labkit, or is damaged: its content is not what was written")
    words, _, arrays = content.partition(b"\n")
    facts = json.loads(words)
    if facts["format_version"] != version:
        raise LabError(f"{path} has format {facts['format_version']}; this labkit reads {version}")
    return facts, arrays
