"""MNIST: every byte checked, installed from a folder or a mirror, resumed after a break, and split as R3 does."""

import gzip
import http.server
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from labkit import LabError, RunConfig, load_dataset, train_one
from labkit.data import images
from labkit.data.sources import read_images
from labreport.cli import mnist

MNIST_SOURCE = Path(os.environ.get("LABKIT_TEST_MNIST", Path(__file__).parents[2] / "shared" / "data" / "mnist"))
needs_mnist = pytest.mark.skipif(not MNIST_SOURCE.is_dir(), reason=f"MNIST is not in {MNIST_SOURCE}")


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "data"))
    read_images.cache_clear()


@pytest.fixture
def small(monkeypatch):
    """A stand-in for MNIST with the same file format, small enough to serve, cut and spoil."""
    rng = np.random.default_rng(0)
    files, contents = {}, {}
    for key, name, shape in (
        ("train_images", "train-images-idx3-ubyte", (6, 28, 28)),
        ("train_labels", "train-labels-idx1-ubyte", (6,)),
        ("test_images", "t10k-images-idx3-ubyte", (2, 28, 28)),
        ("test_labels", "t10k-labels-idx1-ubyte", (2,)),
    ):
        header = images.IdxFile(name, shape, "").header
        raw = header + rng.integers(0, 10, shape, dtype=np.uint8).tobytes()
        files[key] = images.IdxFile(name, shape, images.hashlib.sha256(raw).hexdigest())
        contents[name] = raw
    monkeypatch.setattr(images, "MNIST", files)
    return contents


def test_copy_from_a_folder_compressed_or_not(small, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for i, (name, raw) in enumerate(small.items()):
        if i % 2:
            (source / f"{name}.gz").write_bytes(gzip.compress(raw))
        else:
            (source / name).write_bytes(raw)
    folder = mnist.copy_mnist(source)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == small
    x, labels = images.mnist()
    assert x.shape == (8, 784) and x.max() <= 9 / 255 and labels.shape == (8,)


def test_a_bad_folder_changes_nothing(small, tmp_path):
    with pytest.raises(LabError, match=r"--from must be a folder with the four files of MNIST; got .*nowhere"):
        mnist.copy_mnist(tmp_path / "nowhere")
    for name, raw in small.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(LabError, match=r"has neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz"):
        mnist.copy_mnist(tmp_path)
    assert not images.mnist_folder().exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda raw: raw[:-1], r"size in bytes expected 4720, found 4719"),
        (lambda raw: b"\0\0\x09" + raw[3:], r"header expected 00000803\w+, found 00000903"),
        (lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), r"SHA-256 expected \w+, found \w+"),
        (lambda raw: b"", r"size in bytes expected 4720, found 0"),
    ],
)
def test_a_spoiled_file_is_named_with_expected_and_found(small, tmp_path, spoil, message):
    for name, raw in small.items():
        (tmp_path / name).write_bytes(spoil(raw) if name == "train-images-idx3-ubyte" else raw)
    with pytest.raises(LabError, match=f"train-images-idx3-ubyte, or is damaged: {message}"):
        mnist.copy_mnist(tmp_path)


def test_a_truncated_archive(small, tmp_path):
    for name, raw in small.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(raw)[:-9])
    with pytest.raises(LabError, match=r"train-images-idx3-ubyte.gz is not a whole gzip file"):
        mnist.copy_mnist(tmp_path)


def test_without_mnist_the_error_says_how_to_get_it():
    with pytest.raises(LabError, match=r"MNIST is not in .*lab data mnist --download"):
        load_dataset("mnist")


def test_a_file_damaged_later_is_found_when_read(small, tmp_path):
    for name, raw in small.items():
        (tmp_path / name).write_bytes(raw)
    path = mnist.copy_mnist(tmp_path) / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(LabError, match="train-labels-idx1-ubyte, or is damaged: SHA-256"):
        images.mnist()


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves `files`; hangs up in the middle of the first `breaks` answers; understands Range unless told not to."""

    files: dict[str, bytes]
    breaks = 0
    resumes = True
    ranges: list[str]

    def do_GET(self):
        body = self.files.get(self.path.lstrip("/"))
        if body is None:
            self.send_error(404)
            return
        start = 0
        if "Range" in self.headers and self.resumes:
            self.ranges.append(self.headers["Range"])
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        body = body[start:]
        if type(self).breaks > 0:
            type(self).breaks -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(small):
    handler = type(
        "Handler", (Mirror,), {"files": {f"{n}.gz": gzip.compress(r) for n, r in small.items()}, "ranges": []}
    )
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.url = f"http://127.0.0.1:{server.server_port}/"
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


def test_download(mirror, small):
    folder = mnist.download_mnist((mirror.url,))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == small


@pytest.mark.parametrize("resumes", [True, False])
def test_a_broken_download_goes_on_where_it_stopped(mirror, small, resumes):
    mirror.breaks, mirror.resumes = 1, resumes
    with pytest.raises(LabError, match=r"no mirror served train-images-idx3-ubyte:\n.*the connection broke"):
        mnist.download_mnist((mirror.url,))
    assert [p.name for p in images.mnist_folder().iterdir()] == ["train-images-idx3-ubyte.gz.part"]
    folder = mnist.download_mnist((mirror.url,))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == small
    assert bool(mirror.ranges) == resumes


def test_the_next_mirror_helps_out(mirror, small):
    assert mnist.download_mnist((mirror.url + "nothing-here/", mirror.url)).is_dir()


def test_a_mirror_that_serves_something_else(mirror):
    mirror.files["t10k-labels-idx1-ubyte.gz"] = gzip.compress(b"not these")
    with pytest.raises(
        LabError, match=r"no mirror served t10k-labels-idx1-ubyte:\n.*size in bytes expected 10, found 9"
    ):
        mnist.download_mnist((mirror.url,))


def test_what_is_left_of_another_file_is_not_gone_on_with_for_ever(mirror, small):
    """Bytes that are no gzip file, or more than the server has, ended in a traceback or in the same error each time."""
    part = images.mnist_folder() / "train-images-idx3-ubyte.gz.part"
    part.parent.mkdir(parents=True)
    whole = mirror.files["train-images-idx3-ubyte.gz"]
    for left in (whole[:20] + b"\xff" * 30, whole + whole):
        part.write_bytes(left)
        with pytest.raises(LabError, match="no mirror served train-images-idx3-ubyte:"):
            mnist.download_mnist((mirror.url,))
        assert not part.exists()
    folder = mnist.download_mnist((mirror.url,))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == small


def test_without_network_the_error_says_what_to_do():
    with pytest.raises(LabError, match=r"(?s)no mirror served train-images.*Check the network.*use --from DIR"):
        mnist.download_mnist(("http://127.0.0.1:9/",))


@needs_mnist
def test_the_real_mnist():
    mnist.copy_mnist(MNIST_SOURCE)
    data = load_dataset("mnist", seed=5)
    assert data is load_dataset("mnist", seed=6)  # the split is R3's, whatever the seed
    assert [len(part[0]) for part in (data.train, data.val, data.test)] == [50_000, 10_000, 10_000]
    assert data.x.min() == 0 and data.x.max() == 1 and (data.y.sum(axis=1) == 1).all()
    assert data.train[1].argmax(axis=1)[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.test[1].argmax(axis=1)[:5].tolist() == [7, 2, 1, 0, 4]
    config = RunConfig(dataset="mnist", n_examples=5000, hidden_sizes=(100,), activation="relu", init="kaiming")
    config = config.replace(output_activation="softmax", loss="cross_entropy", lr=0.1, batch_size=32, n_epochs=5)
    run = train_one(config)
    assert run.results["val_accuracy"] > 0.9 and list(run.history["epoch"]) == [1, 2, 3, 4, 5]
