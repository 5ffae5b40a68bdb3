"""Images of handwritten digits: 1,797 of 8 x 8 pixels in the package, and MNIST, which a user fetches or copies once.

Both are checked byte for byte against a SHA-256 when they are read, so a result never stands on a damaged file.
"""

import gzip
import hashlib
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..environment import data_folder
from ..errors import LabError
from ..files import write_atomic
from ..nn.activations import Array
from .arrays import frozen

DIGITS = Path(__file__).parents[1] / "data" / "digits.csv.gz"
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
MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


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
    missing = [file.name for file in MNIST.values() if not (folder / file.name).is_file()]
    if missing:
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


def copy_mnist(source: Path) -> Path:
    """Check the four files in a folder, each gzip-compressed or not, and copy them; returns where they are now."""
    if not source.is_dir():
        raise LabError(f"--from must be a folder with the four files of MNIST; got {source}")
    contents = {file.name: read_maybe_compressed(file, source) for file in MNIST.values()}
    for name, raw in contents.items():
        write_atomic(mnist_folder() / name, raw)
    return mnist_folder()


def read_maybe_compressed(file: IdxFile, folder: Path) -> bytes:
    path = next((p for p in (folder / file.name, folder / f"{file.name}.gz") if p.is_file()), None)
    if path is None:
        raise LabError(f"{folder} has neither {file.name} nor {file.name}.gz")
    raw = decompressed(path) if path.suffix == ".gz" else path.read_bytes()
    checked(file, raw, path)
    return raw


def decompressed(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise LabError(f"{path} is not a whole gzip file: {error}") from None


def download_mnist(mirrors: tuple[str, ...] = MIRRORS) -> Path:
    """Fetch the four files from the first mirror that serves them, going on where a broken download ended."""
    for file in MNIST.values():
        target = mnist_folder() / file.name
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == file.sha256:
            continue
        reasons = []
        for mirror in mirrors:
            try:
                raw = fetch(mirror + file.name + ".gz", target.with_name(f"{file.name}.gz.part"))
                checked(file, raw, mirror + file.name + ".gz")
            except (LabError, OSError) as error:
                reasons.append(f"  {mirror}: {error}")
                continue
            write_atomic(target, raw)
            break
        else:
            raise LabError(
                f"no mirror served {file.name}:\n"
                + "\n".join(reasons)
                + "\nCheck the network and call again, it goes on "
                "where it stopped; or copy the four files by hand and use --from DIR"
            )
    return mnist_folder()


def fetch(url: str, part: Path) -> bytes:
    """Download a gzip file by way of `part`, which stays after a break and is gone after success; its content."""
    part.parent.mkdir(parents=True, exist_ok=True)
    start = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response, part.open("ab" if start else "wb") as out:
            if start and response.status != 206:  # the server does not resume: begin anew
                out.truncate(0)
            shutil.copyfileobj(response, out)
            length = response.headers.get("Content-Length")
            if length and out.tell() < int(length) + (start if response.status == 206 else 0):
                raise LabError("the connection broke")
    except urllib.error.HTTPError as error:
        if error.code != 416:  # 416: nothing is left to fetch, the part is whole
            raise
    try:
        raw = decompressed(part)
    except LabError:
        part.unlink()  # a whole download that is no gzip file would only be resumed
        raise
    part.unlink()
    return raw
