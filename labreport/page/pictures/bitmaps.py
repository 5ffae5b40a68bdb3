"""Bitmaps, read by Pillow: the bytes say what one is, whatever it is called."""

import io
import warnings

KINDS = ("png", "jpg", "gif", "webp")  # what both a browser and Typst read


def read_bitmap(data: bytes) -> tuple[str, bytes] | None:
    """Kind and bytes of a bitmap, as PNG where its own format is none of `KINDS`; None where it is damaged."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an image of absurd size is refused as well
            image = Image.open(io.BytesIO(data))
            image.load()
        kind = str(image.format).lower().replace("jpeg", "jpg")
        if kind in KINDS:
            return kind, data
        written = io.BytesIO()
        image.convert("RGBA").save(written, "png")
        return "png", written.getvalue()
    except Exception:  # whatever a decoder says of a broken file
        return None


def width_that_fits(width: float, data: bytes, most_height: float) -> float:
    """The width of a bitmap, in points, at which it is no higher than `most_height`."""
    from PIL import Image

    across, down = Image.open(io.BytesIO(data)).size
    return min(width, most_height * across / down)
