"""Hostile zip files: each is refused with one clear sentence, and nothing is written outside its folder."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from handed_in import zipped

from labreport.verify import examine
from labreport.verify.reading import archive
from labreport.verify.reading.archive import unpack
from labreport.verify.reading.strict import Unreadable

MODE = {"link": stat.S_IFLNK | 0o777, "pipe": stat.S_IFIFO | 0o644, "device": stat.S_IFCHR | 0o644}
TEXT = b"some text"


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def central(content: bytes, offset: int, form: str, value: int, which: int = 0) -> bytes:
    """The zip with a field of the directory's entry number `which` replaced; offsets as in the zip specification."""
    place = -1
    for _ in range(which + 1):
        place = content.index(b"PK\x01\x02", place + 1)
    size = struct.calcsize(form)
    return content[: place + offset] + struct.pack(form, value) + content[place + offset + size :]


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def renamed(old: bytes, new: bytes, content: bytes) -> bytes:
    assert len(old) == len(new)
    return content.replace(old, new)


def overlapping() -> bytes:
    """Two entries of the directory that share the bytes of the first file."""
    content = zipped(("a.txt", TEXT), ("b.txt", TEXT))
    return central(content, 42, "<L", 0, which=1)


HOSTILE = {
    "empty": (b"", "not a zip file"),
    "no zip at all": (b"%PDF-1.7 and so on" * 100, "not a zip file"),
    "cut off": (zipped(("a.txt", TEXT * 100))[:-30], "not a zip file"),
    "content that is not what was packed": (zipped(("a.txt", TEXT), compression=0).replace(TEXT, b"SOME TEXT"), "zip"),
    "damaged stream": (flipped(zipped(("a.txt", bytes(range(256)) * 9)), 50), "zip"),
    "out of the folder": (zipped(("../evil.txt", TEXT)), "leads out"),
    "out of the folder, later": (zipped(("tables/../../evil.txt", TEXT)), "leads out"),
    "absolute": (zipped(("/tmp/evil.txt", TEXT)), "leads out"),
    "a drive": (zipped(("C:/evil.txt", TEXT)), "characters"),
    "backslashes": (zipped(("..\\evil.txt", TEXT)), "characters"),
    "an empty part": (zipped(("tables//evil.txt", TEXT)), "leads out"),
    "a link": (zipped((entry("report.html", MODE["link"]), b"/etc/passwd")), "a link or a device"),
    "a pipe": (zipped((entry("report.html", MODE["pipe"]), b"")), "a link or a device"),
    "a device": (zipped((entry("report.html", MODE["device"]), b"")), "a link or a device"),
    "encrypted": (central(zipped(("a.txt", TEXT)), 8, "<H", 1), "encrypted"),
    "lzma": (zipped(("a.txt", TEXT), compression=zipfile.ZIP_LZMA), "in another way"),
    "an unknown method": (central(zipped(("a.txt", TEXT)), 10, "<H", 77), "in another way"),
    "one name twice": (renamed(b"b.txt", b"a.txt", zipped(("a.txt", TEXT), ("b.txt", TEXT))), "two entries"),
    "two names that are one on some systems": (zipped(("a.txt", TEXT), ("A.TXT", TEXT)), "two entries"),
    "two spellings of one name": (zipped(("é.txt", TEXT), ("e\u0301.txt", TEXT)), "two entries"),
    "a file that is a folder": (zipped(("a", TEXT), ("a/b.txt", TEXT)), "a file and a folder"),
    "a folder with content": (central(zipped((entry("a/"), b"")), 24, "<L", 9), "folder with content"),
    "a terminal's commands in a name": (zipped(("\x1b[2Jevil.txt", TEXT)), "characters"),
    "a NUL in a name": (renamed(b"aXb.txt", b"a\x00b.txt", zipped(("aXb.txt", TEXT))), "characters"),
    "HTML in a name": (zipped(("<img src=x onerror=alert(1)>.csv", TEXT)), "characters"),
    "a name that is shown backwards": (zipped(("tables/\u202efdp.exe", TEXT)), "characters"),
    "a long name": (zipped(("a" * 300, TEXT)), "too long"),
    "a deep name": (zipped(("/".join("a" * 20), TEXT)), "too deep"),
    **{
        f"{name} of Windows": (zipped((f"tables/{name}", TEXT)), "not allowed on every system")
        for name in ("NUL.csv", "COM¹.csv", "conin$", "lpt9 .csv")
    },
    "a name that ends in a dot": (zipped(("tables/a.", TEXT)), "not allowed on every system"),
    "a bomb": (zipped(("a.txt", bytes(5_000_000))), "bomb"),
    "more than it says": (central(zipped(("a.txt", bytes(5_000_000))), 24, "<L", 1_000), "zip"),
    "a huge file, it says": (central(zipped(("a.txt", TEXT)), 24, "<L", 4_000_000_000), "unpacks to more"),
    "entries that share bytes": (overlapping(), "overlaps"),
    "many entries": (zipped(*((f"{i}.txt", b"") for i in range(archive.MAX_ENTRIES + 1))), "entries"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_in_a_sentence(case: str, tmp_path: Path) -> None:
    content, words = HOSTILE[case]
    path, folder = tmp_path / "in" / "x.zip", tmp_path / "out" / "inner"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words) as caught:
        unpack(path, folder)
    message = str(caught.value)
    assert message.isprintable() and len(message) < 300 and str(tmp_path) not in message
    outside = [file for file in tmp_path.rglob("*") if file.is_file() and not file.is_relative_to(folder)]
    assert outside == [path]


def test_sizes_are_counted_as_the_bytes_come_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the headers say: they are not looked at here at all."""
    monkeypatch.setattr(archive, "check_entries", lambda entries: None)
    monkeypatch.setattr(archive, "MAX_TOTAL", 150_000)
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(("a.bin", bytes(100_000)), ("b.bin", bytes(100_000))))
    with pytest.raises(Unreadable, match="unpacks to more"):
        unpack(path, tmp_path / "out")
    assert sum(file.stat().st_size for file in (tmp_path / "out").rglob("*")) <= 150_000
    monkeypatch.setattr(archive, "MAX_ENTRY", 70_000)
    with pytest.raises(Unreadable, match=r"'a\.bin' unpacks to more"):
        unpack(path, tmp_path / "again")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    target = tmp_path / "target.zip"
    target.write_bytes(zipped(("a.txt", TEXT)))
    (tmp_path / "link.zip").symlink_to(target)
    (tmp_path / "folder.zip").mkdir()
    for name in ("link.zip", "folder.zip"):
        with pytest.raises(Unreadable, match="not a plain file"):
            unpack(tmp_path / name, tmp_path / "out")


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "x.zip").open("wb") as file:
        file.truncate(archive.MAX_ARCHIVE + 1)
    with pytest.raises(Unreadable, match="at most"):
        unpack(tmp_path / "x.zip", tmp_path / "out")


def test_an_archive_in_an_archive_stays_closed(tmp_path: Path) -> None:
    inner = zipped(("../evil.txt", TEXT))
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(("source/inner.zip", inner), ("a folder/", b"")))
    assert list(unpack(path, tmp_path / "out")) == ["source/inner.zip"]
    assert (tmp_path / "out" / "source" / "inner.zip").read_bytes() == inner
    assert not (tmp_path / "evil.txt").exists()


def test_random_damage_never_escapes(tmp_path: Path) -> None:
    """Bytes of a good zip changed at random: it is read, or refused with the one error."""
    import numpy as np

    good = zipped(("MANIFEST.json", b'{"format": 1}' * 20), ("tables/a.csv", b"a,b\n1,2\n" * 30))
    rng = np.random.default_rng(0)
    refused = 0
    for i in range(300):
        damaged = np.frombuffer(good, np.uint8).copy()
        damaged[rng.integers(0, len(good), rng.integers(1, 6))] = rng.integers(0, 256)
        path = tmp_path / "x.zip"
        path.write_bytes(damaged.tobytes())
        try:
            unpack(path, tmp_path / str(i))
        except Unreadable:
            refused += 1
    assert refused > 100
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        assert file.testzip() is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(("lab/MANIFEST.json", TEXT), ("__MACOSX/lab/._MANIFEST.json", TEXT)), "packed again by hand"),
        (zipped(("a_1/B-1.zip", TEXT), ("b_2/B-2.zip", TEXT)), "a zip of zips"),
        (zipped(("report.docx", TEXT)), "none that `make submit` wrote"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive, not a zip file: ask for the .zip that `make submit` wrote"),
        (b"%PDF-1.7", "a PDF alone, not a zip file: ask for"),
    ],
)
def test_what_is_no_bundle_and_no_cheat_is_told_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    (found,) = examine.read_step(tmp_path / "x.zip", tmp_path)["findings"]
    assert found["level"] == "look" and words in found["text"]
