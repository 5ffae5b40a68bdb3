"""Bitmaps, read by Pillow: the bytes say what one is, whatever it is called."""

import io
import warnings
from functools import lru_cache

KINDS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "GIF": "gif", "WEBP": "webp"}  # what a browser and Typst read
# And no other: for PostScript, Pillow starts a program.
READ = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "PPM")
DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")  # modes of more than 256 grays
TURNED = range(5, 9)  # values of the EXIF orientation at which width and height change places
ORIENTATION = 0x0112


@lru_cache(maxsize=64)
def read_bitmap(data: bytes) -> tuple[str, bytes] | None:
    """Kind and bytes of a bitmap, as PNG where its own format is none of `KINDS`; None where it is damaged."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a mistake in a field that nobody reads
            warnings.simplefilter("error", Image.DecompressionBombWarning)  # an image of absurd size is refused
            Image.open(io.BytesIO(data), formats=READ).verify()
            image = Image.open(io.BytesIO(data), formats=READ)
            image.load()
            kind = KINDS.get(image.format)
            differs = image.mode == "CMYK" or (kind == "webp" and orientation(image) > 1)  # on screen and on paper
            return ("png", as_png(image)) if differs or not kind else (kind, data)
    except Exception:  # whatever a decoder says of a broken file
        return None


def as_png(image) -> bytes:
    """The first picture of a file, upright."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in DEEP:
        darkest, lightest = image.convert("F").getextrema()
        scale = 255 / ((lightest - darkest) or 1)
        image = image.convert("F").point(lambda value: value * scale - darkest * scale).convert("L")
    written = io.BytesIO()
    image.convert("RGBA" if image.has_transparency_data else "RGB").save(written, "png")
    return written.getvalue()


def size_of_bitmap(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as it is shown."""
    from PIL import Image

    image = Image.open(io.BytesIO(data), formats=READ)
    return image.size[::-1] if orientation(image) in TURNED else image.size


def has_density(data: bytes) -> bool:
    """Whether it says how many pixels an inch has, and means it: a file may say 1 or 100,000."""
    from PIL import Image

    across, _ = Image.open(io.BytesIO(data), formats=READ).info.get("dpi", (0, 0))
    return 50 <= across <= 1200


def orientation(image) -> int:
    """How the camera was held, 1 if upright."""
    return image.getexif().get(ORIENTATION, 1)
