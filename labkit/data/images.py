"""Images of handwritten digits: 1,797 of 8 x 8 pixels in the package, and MNIST, which `lab data` gets once.

Both are checked byte for byte against a SHA-256 when they are read, so a result never stands on a damaged file.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..environment import data_folder
from ..errors import LabError
from ..nn.activations import Array
from .arrays import frozen

DIGITS = Path(__file__).with_name("digits.csv.gz")
DIGITS_SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"


@dataclass(frozen=True)
class IdxFile:
    """A file of MNIST in the IDX format: big-endian header of 4 bytes for the type and 4 for each axis, then bytes."""

    name: str
    shape: tuple[int, ...]
    sha256: str  # of the uncompressed file: what gzip makes of it differs from mirror to mirror

    @property
    def header(self) -> bytes:
        return bytes([0, 0, 8, len(self.shape)]) + b"".join(n.to_bytes(4, "big") for n in self.shape)

    @property
    def size(self) -> int:
        return len(self.header) + int(np.prod(self.shape))


MNIST = {
    "train_images": IdxFile(
        "train-images-idx3-ubyte",
        (60_000, 28, 28),
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train_labels": IdxFile(
        "train-labels-idx1-ubyte", (60_000,), "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "test_images": IdxFile(
        "t10k-images-idx3-ubyte", (10_000, 28, 28), "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "test_labels": IdxFile(
        "t10k-labels-idx1-ubyte", (10_000,), "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}


@lru_cache(maxsize=1)  # every seed of a study draws another split of the same table
def digits() -> tuple[Array, Array]:
    """x (1797, 64) in [0, 1] and labels (1797,) of the digits in the package, in the order of the file; read-only."""
    raw = gzip.decompress(DIGITS.read_bytes())
    found = hashlib.sha256(raw).hexdigest()
    if found != DIGITS_SHA256:
        raise LabError(f"{DIGITS} is damaged: expected SHA-256 {DIGITS_SHA256}, found {found}; restore it from git")
    table = np.array([line.split(b",") for line in raw.splitlines()], dtype=np.float32)
    return frozen(table[:, :-1] / 16), frozen(table[:, -1].astype(int))


def mnist() -> tuple[Array, Array]:
    """x (70000, 784) in [0, 1] and labels (70000,): the 60,000 training images, then the 10,000 test images."""
    folder = mnist_folder()
    if missing := missing_mnist():
        raise LabError(
            f"MNIST is not in {folder} ({', '.join(missing)} missing); get it with "
            f"`lab data mnist --download`, or `--from DIR` where you have its four files"
        )
    parts = {key: checked(file, (folder / file.name).read_bytes(), folder / file.name) for key, file in MNIST.items()}
    images = np.concatenate([parts["train_images"], parts["test_images"]]).reshape(-1, 784)
    return images.astype(np.float32) / 255, np.concatenate([parts["train_labels"], parts["test_labels"]]).astype(int)


def mnist_folder() -> Path:
    """Where MNIST is kept."""
    return data_folder() / "mnist"


def missing_mnist() -> list[str]:
    """The names of MNIST's files that are not in their place; whether the others are whole only reading them tells."""
    return [file.name for file in MNIST.values() if not (mnist_folder() / file.name).is_file()]


def checked(file: IdxFile, raw: bytes, path: Path | str) -> Array:
    """The array in an IDX file. Raises LabError, with file, expected and found, unless every byte is right."""
    for what, expected, found in (
        ("size in bytes", file.size, len(raw)),
        ("header", file.header.hex(), raw[: len(file.header)].hex()),
        ("SHA-256", file.sha256, hashlib.sha256(raw).hexdigest()),
    ):
        if expected != found:
            raise LabError(
                f"{path} is not MNIST's {file.name}, or is damaged: {what} expected {expected}, found {found}"
            )
    return np.frombuffer(raw, np.uint8, offset=len(file.header)).reshape(file.shape)
