"""Unpacking a zip file from a stranger: every entry is checked before and while it is written, into one folder."""

import hashlib
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ...hand_in.bundle import MANIFEST, MAX_CONTENT
from ...project.texts import listed, printable
from .strict import Unreadable

MEGABYTE = 1_000_000
MAX_ARCHIVE = 50 * MEGABYTE  # a bundle that `submit` writes has at most 20
MAX_ENTRIES = 2_000
MAX_ENTRY = 100 * MEGABYTE
MAX_TOTAL = MAX_CONTENT
MAX_RATIO = 200  # bytes out for a byte in, of an entry of more than a megabyte; our own have at most 20
CHUNK = 64 * 1024
FORBIDDEN = re.compile(r'[\\:*?"<>|]')
DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])( *\..*)?", re.I)  # on Windows

OTHER_KINDS = {
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF alone",
}
ASK = "ask for the .zip that `make submit` wrote, as it is"


class WrongFile(Unreadable):
    """It is no bundle, and no forged one either. The message says what it is, and what to do."""


def check_is_bundle(names: Iterable[str]) -> None:
    """Raise WrongFile for the entries of what was packed by somebody else than `make submit`."""
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if MANIFEST in names:
        return
    if inside := [name for name in names if name.endswith(f"/{MANIFEST}")]:
        folder = printable(inside[0].removesuffix(MANIFEST))
        raise WrongFile(f"it was packed again by hand, with its files in {folder!r}: {ASK}")
    if inside := [name for name in names if name.lower().endswith(".zip")]:
        raise WrongFile(
            f"it is a zip of zips, as a course's site makes: unpack it, and check the folder ({listed(inside)})"
        )
    raise WrongFile(f"it is a zip file without a {MANIFEST}, and so none that `make submit` wrote: {ASK}")


def unpack(path: Path, folder: Path) -> dict[str, str]:
    """Write the files of a zip into `folder`, and return the SHA-256 of each by its name.

    Raise Unreadable at the first thing that has no place in a bundle. What was written until then stays in `folder`.
    """
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise Unreadable("it is not a plain file, but a link, a folder or a device")
    if path.stat().st_size > MAX_ARCHIVE:
        raise Unreadable(f"it has {size(path.stat().st_size)}; at most {size(MAX_ARCHIVE)} are read")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(entries)
            return extract(archive, [entry for entry in entries if not entry.is_dir()], folder)
    except Unreadable:
        raise
    except zipfile.BadZipFile as error:
        with path.open("rb") as file:
            begins = file.read(8)
        for magic, kind in OTHER_KINDS.items():
            if begins.startswith(magic):
                raise WrongFile(f"it is {kind}, not a zip file: {ASK}") from None
        raise Unreadable(f"it is not a zip file that can be read: {printable(error)}") from None
    except (zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        # struct.error and UnicodeDecodeError are ValueErrors or come as BadZipFile
        raise Unreadable(f"it is not a zip file that can be read: {printable(error)}") from None
    except Exception as error:  # zipfile lets other errors through where a header is damaged
        raise Unreadable(f"it is not a zip file that can be read: {type(error).__name__}") from None


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """What can be told from the list of entries, before one is opened."""
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"it has {len(entries):,} entries; at most {MAX_ENTRIES:,} are read")
    seen: dict[str, str] = {}
    for entry in entries:
        check_entry_name(entry)
        key = unicodedata.normalize("NFC", entry.filename).casefold().rstrip("/")
        if key in seen:
            raise Unreadable(f"two entries are called {printable(entry.filename)!r}")
        seen[key] = entry.filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Unreadable(f"{printable(entry.filename)!r} is a link or a device, not a file")
        if entry.flag_bits & 0x1:
            raise Unreadable(f"{printable(entry.filename)!r} is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable(f"{printable(entry.filename)!r} is compressed in another way than deflate")
        if entry.is_dir() and entry.file_size:
            raise Unreadable(f"{printable(entry.filename)!r} is a folder with content")
        check_size(entry, entry.file_size, entry.compress_size)
    for parent in {str(p) for name in seen.values() for p in PurePosixPath(name).parents}:
        if parent.casefold() in seen and not seen[parent.casefold()].endswith("/"):
            raise Unreadable(f"{printable(parent)!r} is a file and a folder")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise Unreadable(f"it says it unpacks to more than {size(MAX_TOTAL)}")
    check_overlap(entries)


def check_entry_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename  # as it is in the file; `filename` ends at a NUL
    shown = repr(printable(name))
    parts = name.rstrip("/").split("/")
    if not name or len(name) > 200 or len(parts) > 10:
        raise Unreadable(f"the name {shown} is empty, too long or too deep")
    if any(unicodedata.category(char)[0] == "C" for char in name) or FORBIDDEN.search(name):
        raise Unreadable(f"the name {shown} has characters that no file of a bundle has")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise Unreadable(f"the name {shown} leads out of the bundle")
    if any(part[-1] in ". " or part[0] == " " or DEVICES.fullmatch(part) for part in parts):
        raise Unreadable(f"the name {shown} is not allowed on every system")


def check_size(entry: zipfile.ZipInfo, n_out: int, n_in: int) -> None:
    if n_out > MAX_ENTRY:
        raise Unreadable(f"{printable(entry.filename)!r} unpacks to more than {size(MAX_ENTRY)}")
    if n_out > MEGABYTE and n_out > MAX_RATIO * max(n_in, 1):
        raise Unreadable(f"{printable(entry.filename)!r} is a bomb: more than {MAX_RATIO} bytes out for each byte in")


def check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes make a small file unpack to any size."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Unreadable(f"{printable(entry.filename)!r} overlaps another entry")
        end = entry.header_offset + 30 + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size


def extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: Path) -> dict[str, str]:
    """Write the entries and return their hashes; sizes are counted as bytes come out, whatever the headers say."""
    hashes, total = {}, 0
    for entry in entries:
        path = folder.joinpath(*PurePosixPath(entry.filename).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, n = hashlib.sha256(), 0
        with archive.open(entry) as source, path.open("xb") as target:
            while chunk := source.read(CHUNK):
                n, total = n + len(chunk), total + len(chunk)
                check_size(entry, n, entry.compress_size)
                if total > MAX_TOTAL:
                    raise Unreadable(f"it unpacks to more than {size(MAX_TOTAL)}")
                digest.update(chunk)
                target.write(chunk)
        hashes[entry.filename] = digest.hexdigest()
    return hashes


def size(n: int) -> str:
    return f"{n / MEGABYTE:,.0f} MB"
