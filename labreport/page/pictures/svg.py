"""Drawings in SVG, as a browser and Typst read them alike: with a size, and with nothing from elsewhere."""

import re
from functools import lru_cache
from math import isfinite
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..refusals import NotSet, refusals

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
LENGTH = re.compile(r"\s*\+?(\d*\.?\d+(?:e[-+]?\d+)?)\s*(px|pt|pc|in|cm|mm|r?em|ex|%)?\s*", re.I)
STYLED = re.compile(r"(?<![-\w])(width|height)\s*:([^;]*)")
# How matplotlib's drawings begin. They can be set; to try each of them would take half a second of a report.
DRAWN = b'''<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="'''
UNSIZED = {"width": "300", "height": "150"}  # what a browser gives a drawing that does not say its size


@lru_cache(maxsize=64)
def read_svg(data: bytes) -> bytes | None:
    """A drawing that both can show, None for what is none. What it would take from other files is left out."""
    try:
        root = ElementTree.fromstring(data)
        if root.tag.removeprefix(SVG) != "svg" or not len(root):
            return None
        if mend(root) or not is_utf8(data):
            data = ElementTree.tostring(root, encoding="utf-8")
        elif data.startswith(DRAWN):
            return data
    except (ElementTree.ParseError, LookupError, ValueError, RecursionError):
        return None
    return data if can_be_set(data) else None


def mend(root: Element) -> bool:
    """Put right what only one of them would read, and tell whether there was such a thing."""
    before = [(element.tag, dict(element.attrib)) for element in root.iter()]
    for element in root.iter():
        if isinstance(element.tag, str) and "{" not in element.tag:
            element.tag = f"{SVG}{element.tag}"
        for name in ("href", f"{XLINK}href"):
            if not element.get(name, "#").lstrip().startswith(("#", "data:")) and element.tag != f"{SVG}a":
                del element.attrib[name]
    for parent in [element for element in root.iter() if element.tag != f"{SVG}switch"]:
        for position, child in enumerate(parent):
            if child.tag == f"{SVG}foreignObject":
                parent[position] = with_its_text(child)
    root.attrib |= {name: value.strip() for name, value in STYLED.findall(root.get("style", ""))}
    if not is_box(root.get("viewBox", "")):
        root.attrib.pop("viewBox", None)
        for name, value in UNSIZED.items():
            given = root.get(name, value)
            root.set(name, given if is_length(given) and "%" not in given else value)  # a part of what?
    elif not all(is_length(root.get(name, "1")) for name in UNSIZED):
        for name in UNSIZED:
            root.attrib.pop(name, None)
    return before != [(element.tag, dict(element.attrib)) for element in root.iter()]


def with_its_text(foreign: Element) -> Element:
    """HTML inside of a drawing, as mermaid writes its labels; where it is not read, its text stands there instead."""
    x, y, width, height = (coordinate(foreign.get(name, "")) for name in ("x", "y", "width", "height"))
    middle = {"x": f"{x + width / 2:g}", "y": f"{y + height / 2:g}", "dominant-baseline": "central"}
    switch, text = Element(f"{SVG}switch"), Element(f"{SVG}text", middle, **{"text-anchor": "middle"})
    text.text = " ".join(" ".join(foreign.itertext()).split())
    switch.extend([foreign, text])
    return switch


def coordinate(length: str) -> float:
    match = re.match(r"\s*[-+]?\d*\.?\d+", length)
    return float(match[0]) if match else 0.0


def is_length(text: str) -> bool:
    match = LENGTH.fullmatch(text)
    return bool(match) and 0 < float(match[1]) < 1e6


def is_box(text: str) -> bool:
    try:
        numbers = [float(number) for number in re.split(r"[\s,]+", text.strip())]
    except ValueError:
        return False
    return len(numbers) == 4 and all(map(isfinite, numbers)) and min(numbers[2:]) > 0


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def can_be_set(drawing: bytes) -> bool:
    """Whether Typst reads a drawing: it is stricter than others, and one that it refuses would cost the whole PDF."""
    import typst

    try:
        with refusals():
            typst.compile({"main": b'#image("drawing.svg", alt: "")', "drawing.svg": drawing}, ignore_system_fonts=True)
    except NotSet:
        return False
    return True


def size_of_drawing(data: bytes) -> tuple[float, float]:
    """Width and height, in a unit of its own."""
    root = ElementTree.fromstring(data)
    lengths = [LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if all(lengths) and lengths[0][2] == lengths[1][2] != "%":
        return float(lengths[0][1]), float(lengths[1][1])
    *_, across, down = map(float, re.split(r"[\s,]+", root.get("viewBox", "0 0 300 150").strip()))
    return across, down
