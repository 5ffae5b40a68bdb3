"""A picture in the formats that are whole, wherever a notebook has it from."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from ...project.texts import joined
from .addresses import NoPicture, is_file
from .bitmaps import KINDS, has_density, read_bitmap, size_of_bitmap
from .svg import read_svg, size_of_drawing

MIME = {"svg": "image/svg+xml"} | {kind: f"image/{name.lower()}" for name, kind in KINDS.items() if name != "MPO"}
LEFT_OUT = "image left out"  # what is said of one that cannot be shown
LENGTH = re.compile(r"0*([1-9]\d{0,4}(?:\.\d+)?)(?:px)?")  # of an output, in pixels
LARGE_SVG = 400_000  # bytes; above this a page shows the bitmap, if there is one
STORED = ("attachment:", "data:")  # how the address of a picture begins that the notebook itself holds


@dataclass(frozen=True)
class Picture:
    """An image in one or more formats, each of them checked. `width` is what its output asks for, as "300px", "" if
    it asks for none."""

    formats: dict[str, bytes]
    width: str = ""

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

    def natural_width(self) -> int | None:
        """In pixels; None if it says itself how large it is."""
        kind, data = self.for_print()
        return None if kind == "svg" or has_density(data) else size_of_bitmap(data)[0]

    def width_that_fits(self, width: float, most_height: float) -> float:
        """The width at which it is no higher than `most_height`, at most the `width` that is asked for."""
        kind, data = self.for_print()
        across, down = size_of_drawing(data) if kind == "svg" else size_of_bitmap(data)
        return min(width, most_height * across / down)


@dataclass(frozen=True)
class Missing:
    """Stands in the place of a picture that cannot be shown."""

    address: str


def from_output(data: Mapping[str, object], metadata: Mapping[str, object] | None = None) -> Picture | None:
    """The picture of a notebook output's MIME bundle, at the size that its metadata ask for; None if it holds none that
    can be shown."""
    images = {mime: joined(content) for mime, content in data.items() if mime.startswith("image/")}
    picture = checked_picture(
        content.encode("utf-8", "replace") if mime == MIME["svg"] else from_base64(content)
        for mime, content in images.items()
    )
    sizes = [size for mime in images if isinstance(size := (metadata or {}).get(mime), Mapping)]
    widths = filter(None, (width_of_output(picture, size) for size in sizes if picture))
    return replace(picture, width=next(widths, "")) if picture else None


def width_of_output(picture: Picture, size: Mapping[str, object]) -> str:
    """The width that an output asks for, in pixels; by its shape, where only the height is said."""
    across, down = (LENGTH.fullmatch(str(size.get(name, ""))) for name in ("width", "height"))
    if across:
        return f"{across[1]}px"
    return f"{picture.width_that_fits(inf, float(down[1])):g}px" if down else ""


def from_file(path: Path) -> Picture:
    """Raise NoPicture if there is none, or none that is whole."""
    try:
        if not is_file(path):
            raise NoPicture("there is no such file")
        return whole(checked_picture([path.read_bytes()]))
    except OSError as error:
        raise NoPicture(f"it cannot be read ({error.strerror})") from None


def from_notebook(address: str, attachments: Mapping[str, dict]) -> Picture:
    """The picture of one of the `STORED` addresses, in a cell with these attachments. Raise NoPicture."""
    kind, _, rest = address.partition(":")
    if kind.lower() == "attachment":
        if not (found := attachments.get(unquote(rest)) or attachments.get(rest)):
            raise NoPicture("its cell has no attachment of this name")
        return whole(from_output(found))
    head, _, body = rest.partition(",")
    is_base64 = head.rstrip().lower().endswith(";base64")
    return whole(checked_picture([from_base64(unquote(body)) if is_base64 else unquote_to_bytes(body)]))


def whole(picture: Picture | None) -> Picture:
    if not picture:
        raise NoPicture("it is damaged, too large, or no picture")
    return picture


def from_base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()) + "==")  # a browser does not ask for those at the end
    except (binascii.Error, ValueError):
        return b""


def checked_picture(contents: Iterable[bytes]) -> Picture | None:
    """What is whole of several contents of one picture."""
    good: dict[str, bytes] = {}
    for data in contents:
        if drawing := read_svg(data):
            good["svg"] = drawing
        elif bitmap := read_bitmap(data):
            good[bitmap[0]] = bitmap[1]
    return Picture({kind: good[kind] for kind in MIME if kind in good}) if good else None
