"""The four files of MNIST, from a folder or a mirror to where labkit reads them: each is checked byte for byte."""

import gzip
import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
import zlib
from pathlib import Path

from labkit.data import images
from labkit.errors import LabError
from labkit.files import write_atomic

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


def copy_mnist(source: Path) -> Path:
    """Check the four files in a folder, each gzip-compressed or not, and copy them; returns where they are now."""
    if not source.is_dir():
        raise LabError(f"--from must be a folder with the four files of MNIST; got {source}")
    contents = {file.name: read_file(file, source) for file in images.MNIST.values()}
    for name, raw in contents.items():
        write_atomic(images.mnist_folder() / name, raw)
    return images.mnist_folder()


def read_file(file: images.IdxFile, folder: Path) -> bytes:
    path = next((p for p in (folder / file.name, folder / f"{file.name}.gz") if p.is_file()), None)
    if path is None:
        raise LabError(f"{folder} has neither {file.name} nor {file.name}.gz")
    raw = path.read_bytes()
    if path.suffix == ".gz":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise LabError(f"{path} is not a whole gzip file: {error}") from None
    images.checked(file, raw, path)
    return raw


def download_mnist(mirrors: tuple[str, ...] = MIRRORS) -> Path:
    """Fetch the files that are not there from the first mirror that serves them; returns where they are."""
    for file in images.MNIST.values():
        target = images.mnist_folder() / file.name
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == file.sha256:
            continue
        reasons = []
        for mirror in mirrors:
            try:
                raw = fetch(f"{mirror}{file.name}.gz", target.with_name(f"{file.name}.gz.part"))
                images.checked(file, raw, f"{mirror}{file.name}.gz")
            except (LabError, OSError) as error:
                reasons.append(f"  {mirror}: {error}\n")
            else:
                write_atomic(target, raw)
                break
        else:
            raise LabError(
                f"no mirror served {file.name}:\n{''.join(reasons)}Check the network and call again, it goes on where "
                "it stopped; or copy the four files by hand and use --from DIR"
            )
    return images.mnist_folder()


def fetch(url: str, part: Path) -> bytes:
    """The content of a gzip file. What a broken download has got stays in `part`, and the next call goes on there."""
    part.parent.mkdir(parents=True, exist_ok=True)
    start = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            goes_on = response.status == 206  # Partial Content: what follows on the bytes that are here
            with part.open("ab" if goes_on else "wb") as out:
                shutil.copyfileobj(response, out)
        raw = gzip.decompress(part.read_bytes())
    except (EOFError, http.client.IncompleteRead):
        raise LabError("the connection broke") from None
    except (urllib.error.HTTPError, gzip.BadGzipFile, zlib.error) as error:
        part.unlink(missing_ok=True)  # it is of no use: the next call begins anew
        raise LabError(str(error)) from None
    part.unlink()
    return raw
