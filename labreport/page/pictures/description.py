"""What a picture shows, in words: not the name of its file, nor what a program wrote there by itself."""

import re
from urllib.parse import unquote

FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|avif|heic|ico|pdf)", re.I)
# `![alt text](image.png)` of an editor, `![png](output_3_0.png)` of a converter, `<Figure size 640x480 with 1 Axes>`
BY_ITSELF = re.compile(
    r"(?:alt(?:[- ]text)?|(?:pasted[- ])?image|img|picture|screen ?shot|png|jpe?g|gif|svg|圖片|截圖|螢幕擷取畫面)"
    r"(?:[-_.:() \d]|at )*|<.*>|figure size \d+x\d+ with \d+ axes|plot without title",
    re.I | re.S,
)


def description(text: str, address: str = "") -> str:
    """The text beside a picture of this address, "" if it says nothing of what is seen."""
    text = " ".join(text.split())
    names = {name for path in (address, unquote(address)) for name in (path, re.split(r"[/\\:]", path)[-1])}
    return "" if text in names or FILE_NAME.fullmatch(text) or BY_ITSELF.fullmatch(text) else text
