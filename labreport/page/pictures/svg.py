"""Drawings in SVG."""

from xml.etree import ElementTree


def is_svg(data: bytes) -> bool:
    """Whether it is a drawing with a size; an empty <svg/> would stop the PDF."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return False
    sized = "viewBox" in root.attrib or {"width", "height"} <= root.attrib.keys()
    return root.tag.rpartition("}")[2] == "svg" and sized and len(root) > 0
