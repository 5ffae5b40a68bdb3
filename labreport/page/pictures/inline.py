"""Drawings that stand as <svg> in HTML or in Markdown: they become pictures like any other."""

import base64
import re
from collections.abc import Callable
from xml.etree import ElementTree

# A program, a style sheet or a comment may only speak of one, and an address may hold one.
TAG = re.compile(
    r"<!--.*?-->|<(?P<other>script|style)\b.*?</(?P=other)\s*>"
    r"|(?<![,;='\"])<(?P<closing>/?)svg\b[^>]*?(?P<empty>/?)>",
    re.S | re.I,
)
SIZED = re.compile(r"(?<![-\w])(?:viewBox|width)\s*[=:]", re.I)
UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])(?:width|height)\s*(?::|=)\s*['\"]?0(?:px)?['\";\s>]", re.I
)
PART = re.compile(r"<(?:use|symbol)\b", re.I)
TITLE = re.compile(r"<title[^>]*>([^<]*)</title>", re.I)
# How XML writes what HTML may write in any case.
CASED = {
    name.lower(): name
    for name in (
        *("linearGradient", "radialGradient", "clipPath", "textPath", "foreignObject", "viewBox", "refX", "refY"),
        *("preserveAspectRatio", "gradientUnits", "gradientTransform", "clipPathUnits", "patternUnits", "spreadMethod"),
        *("patternTransform", "markerWidth", "markerHeight", "markerUnits", "textLength", "startOffset"),
    )
}
NAMESPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}


def replace_drawings(text: str, write: Callable[[str], str]) -> str:
    """The text with what `write` makes of each drawing; those inside of others are a part of them."""
    pieces: list[str] = []
    done = start = depth = 0
    for tag in TAG.finditer(text):
        if tag["closing"] is None:
            continue
        if not tag["closing"]:
            start = start if depth else tag.start()
            depth += not tag["empty"]
        elif depth:
            depth -= 1
            if not depth:
                pieces += [text[done:start], write(text[start : tag.end()])]
                done = tag.end()
    return "".join([*pieces, text[done:]])


def is_drawing(text: str) -> bool:
    return text[:4].lower() == "<svg"


def address_of(drawing: str) -> str:
    """A data: address that holds the drawing, "" if it is not to be seen: a part of others, or an icon."""
    opening = drawing.partition(">")[0] + ">"
    if UNSEEN.search(opening) or (not SIZED.search(opening) and PART.search(drawing)):
        return ""
    xml = drawing if is_xml(drawing) else as_xml(drawing)
    return f"data:image/svg+xml;base64,{base64.b64encode(xml.encode()).decode()}"


def is_xml(drawing: str) -> bool:
    try:
        return ElementTree.fromstring(drawing).tag.endswith("svg")
    except ElementTree.ParseError:
        return False


def as_xml(drawing: str) -> str:
    """A drawing in HTML, which asks for neither quotes, namespaces nor the case of a name, as XML."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(drawing, "html.parser")
    for element in soup.find_all(True):
        element.name = CASED.get(element.name, element.name)
        element.attrs = {CASED.get(name, name): value for name, value in element.attrs.items()}
    soup.svg.attrs |= NAMESPACES
    return soup.svg.decode(formatter="minimal")


def title_of(drawing: str) -> str:
    """What the drawing says that it shows."""
    match = TITLE.search(drawing)
    return match[1].strip() if match else ""
