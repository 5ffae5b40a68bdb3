"""The fonts inside a page: that of text and figures; Chinese, Korean and mathematics where there is any."""

import base64
import io
import re
from functools import cache, lru_cache
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont

from ...project.texts import is_simplified

FONTS = files("labkit").joinpath("fonts")
SERIF = "Libertinus Serif Core"
STYLES = {"Regular": "", "Italic": " font-style: italic;", "Bold": " font-weight: 700;"}
HAN = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
MARKS = "NotoSansSC-marks.ttf"  # of Simplified Chinese
HAN_FILES = ("NotoSansTC-Regular-big5.ttf", "NotoSansSC-Regular-beyond-big5.ttf", "NotoSansKR-Regular-ksx1001.ttf")
# The Chinese faces come first in the style sheet's lists, so that they need their range. As a fallback further down,
# Chromium would keep the empty boxes of words it drew before the font was ready.
HAN_RULES = " unicode-range: {ranges}; ascent-override: 90%; descent-override: 20%;"


def font_faces(html: str) -> str:
    """The @font-face rules of a page: each text font with just the characters that the page has."""
    characters = "".join(sorted(set(html)))
    faces = [
        font_face(SERIF, subset_font(f"LibertinusSerif-{style}-core.ttf", characters), "woff", rule)
        for style, rule in STYLES.items()
    ]
    faces += han_faces(set(HAN.findall(characters)), [MARKS] * is_simplified(characters))
    if "<math" in html:  # no phone has a font for it
        faces.append(font_face("STIX Two Math", FONTS.joinpath("STIXTwoMath-core.woff2").read_bytes(), "woff2"))
    return "\n".join(faces)


def font_face(name: str, data: bytes, kind: str, rules: str = "") -> str:
    source = f"url(data:font/{kind};base64,{base64.b64encode(data).decode()})"
    return f'@font-face {{ font-family: "{name}"; src: {source} format("{kind}");{rules} }}'


def han_faces(wanted: set[str], first: list[str]) -> list[str]:
    """One face of all files that hold some of the characters, each for those that no file before it has; the `first`
    files come before the others."""
    faces = []
    for name in (*first, *HAN_FILES):
        found = sorted(wanted & characters_of(name)) if wanted else []
        wanted = wanted.difference(found)
        if found:
            ranges = ", ".join(f"U+{ord(character):X}" for character in found)
            subset_of = subset_font(name, "".join(found))
            faces.append(font_face("Noto Sans TC", subset_of, "woff", HAN_RULES.format(ranges=ranges)))
    return faces


@cache
def characters_of(name: str) -> set[str]:
    with FONTS.joinpath(name).open("rb") as file:
        return set(map(chr, TTFont(file, lazy=True).getBestCmap()))


@lru_cache(maxsize=64)
def subset_font(name: str, characters: str) -> bytes:
    """A font with these characters only, as WOFF."""
    options = subset.Options(flavor="woff", layout_features=["kern", "mark"], notdef_outline=True, hinting=False)
    with FONTS.joinpath(name).open("rb") as file:
        font = subset.load_font(file, options, lazy=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        out = io.BytesIO()
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()
