"""A drawing as a part of the page, so that its text is text in the page's own fonts: what a reader can select and find.

Only shapes, text and bitmaps come in, with the few attributes that say how they look: nothing that acts, refers to
anything outside, or reaches beyond the drawing. A drawing with anything else stays an image.
"""

import re
from collections.abc import Iterator
from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ELEMENTS = re.compile(r"g|defs|clipPath|use|text|tspan|image|linearGradient|stop|path|rect|circle|ellipse|line|poly\w+")
LOOKS = re.compile(
    r"(?:fill|font|stroke)(?:-\w+)?|(?:clip|stop)-\w+|opacity|text-anchor|image-rendering",
)
ATTRIBUTES = re.compile(
    r"id|style|href|transform|d|points|[xy][12]?|[cr][xy]|r|width|height|offset|version"
    r"|viewBox|preserveAspectRatio|clipPathUnits|gradient(?:Units|Transform)"
)
MATPLOTLIB_STYLE = "*{stroke-linejoin: round; stroke-linecap: butt}"  # it would hold for the whole page
PLAIN = re.compile(r"[^\\@<>]*")
INSIDE = re.compile(r"#([\w.-]+)")
BITMAP = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]+")
URL = re.compile(r"url\(\s*['\"]?(.*?)['\"]?\s*\)", re.I)
TEXT_POINTS = 10.5  # of the PDF's text, beside which a figure is drawn
POINTS = {"pt": 1.0, "px": 0.75, "": 0.75, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54}


class Unknown(Exception):
    """Something that a drawing in the page may not have."""


def drawing_html(data: bytes, prefix: str, alt: str) -> str | None:
    """The <svg> element of a drawing, its ids under a prefix of its own; None if it has more than shapes and text."""
    root = ElementTree.fromstring(data)
    try:
        names = {name: f"{prefix}{i}" for i, name in enumerate(dict.fromkeys(references(root)), 1)}
        looks = [attribute_html(name, value, names) for name, value in root.attrib.items() if LOOKS.fullmatch(name)]
        inside = "".join(element_html(child, names) for child in root)
        return f'<svg role="img" aria-label="{escape(alt)}" {size_of(root)}{"".join(looks)}>{inside}</svg>'
    except (Unknown, RecursionError):
        return None


def references(root: Element) -> Iterator[str]:
    """The ids that the drawing itself refers to; no other is kept."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.removeprefix(XLINK) == "href" and (match := INSIDE.fullmatch(value)):
                yield match[1]
            yield from (address[1:] for address in URL.findall(value) if INSIDE.fullmatch(address))


def element_html(element: Element, names: dict[str, str]) -> str:
    tag = element.tag.removeprefix(SVG) if isinstance(element.tag, str) else ""
    if tag == "metadata" or (tag == "style" and (element.text or "").strip() == MATPLOTLIB_STYLE):
        return ""
    if not ELEMENTS.fullmatch(tag):
        raise Unknown(tag)
    attributes = "".join(attribute_html(name, value, names) for name, value in element.attrib.items())
    is_text = tag in ("text", "tspan")
    inside = escape(element.text or "", quote=False) if is_text else ""
    for child in element:
        inside += element_html(child, names) + (escape(child.tail or "", quote=False) if is_text else "")
    if tag in ("g", "defs") and not attributes:
        return inside if tag == "g" else f"<defs>{inside}</defs>" if inside else ""
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def attribute_html(name: str, value: str, names: dict[str, str]) -> str:
    """An attribute as it is written; "" for one that says nothing."""
    name = name.removeprefix(XLINK)
    if name == "id":
        return f' id="{names[value]}"' if value in names else ""
    known = LOOKS.fullmatch(name) or ATTRIBUTES.fullmatch(name)
    if not known or (name != "href" and not PLAIN.fullmatch(value)):
        raise Unknown(name)
    if name == "href":
        if match := INSIDE.fullmatch(value):
            value = f"#{names[match[1]]}"
        elif not BITMAP.fullmatch(value):
            raise Unknown(value[:40])
    elif value.lower().count("url(") != len(URL.findall(value)):
        raise Unknown(value[:40])
    elif name == "style":
        for declaration in filter(None, map(str.strip, value.split(";"))):
            if not LOOKS.fullmatch(declaration.partition(":")[0].strip()):
                raise Unknown(declaration)
    return f' {name}="{escape(URL.sub(lambda url: own_url(url[1], names), value))}"'


def own_url(address: str, names: dict[str, str]) -> str:
    if not INSIDE.fullmatch(address):
        raise Unknown(address)
    return f"url(#{names[address[1:]]})"


def size_of(root: Element) -> str:
    """The view box, and the width in units of the text: a figure grows with the text around it."""
    lengths = [re.fullmatch(r"\s*([\d.]+)\s*(\w*)\s*", root.get(name, "")) for name in ("width", "height")]
    points = [float(match[1]) * POINTS.get(match[2], 0) if match else 0.0 for match in lengths]
    box = root.get("viewBox", f"0 0 {points[0] / 0.75:g} {points[1] / 0.75:g}")
    numbers = re.fullmatch(r"\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+[\d.]+\s*", box)
    if not numbers:
        raise Unknown(box)
    width = points[0] or float(numbers[1]) * 0.75
    # lines meet round, as matplotlib's own style asks for
    return f'viewBox="{box}" style="width:{width / TEXT_POINTS:.2f}em" stroke-linejoin="round"'
