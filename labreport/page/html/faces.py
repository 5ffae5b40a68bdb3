"""The fonts inside a page: that of text and figures, Chinese where there is any, mathematics where there is any."""

import base64
import io
import re
from functools import lru_cache
from importlib.resources import files

from fontTools import subset

FONTS = files("labkit").joinpath("fonts")
SERIF = "Libertinus Serif Core"
STYLES = {"Regular": "", "Italic": " font-style: italic;", "Bold": " font-weight: 700;"}
HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
# The Chinese face comes first in the style sheet's lists, so that it needs its range. As a fallback further down,
# Chromium would keep the empty boxes of words it drew before the font was ready.
HAN_ONLY = (
    " unicode-range: U+2E80-9FFF, U+F900-FAFF, U+FE30-FE4F, U+FF00-FFEF; ascent-override: 90%; descent-override: 20%;"
)


def font_faces(html: str) -> str:
    """The @font-face rules of a page: each text font with just the characters that the page has."""
    characters = "".join(sorted(set(html)))
    faces = [
        font_face(SERIF, subset_font(f"LibertinusSerif-{style}-core.ttf", characters), "woff", rule)
        for style, rule in STYLES.items()
    ]
    if han := "".join(HAN.findall(characters)):
        faces.append(font_face("Noto Sans TC", subset_font("NotoSansTC-Regular-big5.ttf", han), "woff", HAN_ONLY))
    if "<math" in html:  # no phone has a font for it
        faces.append(font_face("STIX Two Math", FONTS.joinpath("STIXTwoMath-core.woff2").read_bytes(), "woff2"))
    return "\n".join(faces)


def font_face(name: str, data: bytes, kind: str, rules: str = "") -> str:
    source = f"url(data:font/{kind};base64,{base64.b64encode(data).decode()})"
    return f'@font-face {{ font-family: "{name}"; src: {source} format("{kind}");{rules} }}'


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
