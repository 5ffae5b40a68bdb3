"""A picture in the formats that are whole, wherever a notebook has it from."""

import base64
import binascii
import re
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote

from .bitmaps import KINDS, read_bitmap
from .svg import is_svg

MIME = {"svg": "image/svg+xml"} | {kind: f"image/{kind.replace('jpg', 'jpeg')}" for kind in KINDS}
LARGE_SVG = 400_000  # bytes; above this a page shows the bitmap, if there is one


@dataclass(frozen=True)
class Picture:
    """An image in one or more formats, each of them checked."""

    formats: dict[str, bytes]

    def drawing(self) -> bytes | None:
        """The SVG, if there is one that a page can hold."""
        svg = self.formats.get("svg", b"")
        return svg if svg and (len(svg) <= LARGE_SVG or "png" not in self.formats) else None

    def for_screen(self) -> str:
        """A data: address, so that the page needs no other file."""
        kind = next(name for name in self.formats if name != "svg" or self.drawing())
        return f"data:{MIME[kind]};base64,{base64.b64encode(self.formats[kind]).decode()}"

    def for_print(self) -> tuple[str, bytes]:
        """File extension and content; vector before bitmap."""
        return next(iter(self.formats.items()))


def from_output(data: dict) -> Picture | None:
    """The picture of a notebook output's MIME bundle; None if it holds none that can be shown."""
    found = {}
    for kind, mime in MIME.items():
        if mime in data:
            found[kind] = decode_data(data[mime], binary=kind != "svg")
    return checked_picture(found)


def from_address(address: str, attachments: dict, folder: Path) -> Picture | None:
    """The picture an image in Markdown names: an attachment, a data: address or a file beside the notebook."""
    if address.startswith("attachment:"):
        return from_output(attachments.get(unquote(address.removeprefix("attachment:")), {}))
    if match := re.match(r"data:([\w/+.-]+);base64,(.*)", address, re.S):
        return from_output({match[1]: match[2] if match[1] != MIME["svg"] else decode_data(match[2]).decode()})
    path = file_of(address, folder)
    if path is None:
        return None
    kind = path.suffix.lower().removeprefix(".").replace("jpeg", "jpg")
    try:
        return checked_picture({kind: path.read_bytes()}) if kind in MIME else None
    except (OSError, ValueError):
        return None


def file_of(address: str, folder: Path) -> Path | None:
    """The file that an address in a notebook of `folder` means; None for what is no file."""
    return None if re.match(r"[a-z][a-z+.-]*:|//", address, re.I) else Path(normpath(folder / unquote(address)))


def decode_data(content: str | list[str], binary: bool = True) -> bytes:
    text = content if isinstance(content, str) else "".join(content)
    if not binary:
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode("".join(text.split()))
    except (binascii.Error, ValueError):
        return b""


def checked_picture(formats: dict[str, bytes]) -> Picture | None:
    """The formats that are whole; the bytes of a bitmap say which it is, whatever it is called."""
    good = {}
    for kind, data in formats.items():
        if kind == "svg" and is_svg(data):
            good[kind] = data
        elif kind != "svg" and (bitmap := read_bitmap(data)):
            good[bitmap[0]] = bitmap[1]
    return Picture(good) if good else None
