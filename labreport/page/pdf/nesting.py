"""Lists, quotations and the like that stand in one another, as deep as Typst sets them: it gives up at some twenty."""

from collections.abc import Iterator
from itertools import count, repeat

from ..markdown.paragraphs import as_paragraphs
from ..pandoc import Node, is_leaf

MOST_NESTED = 12  # no line has room for more
INLINE = ("Emph", "Strong", "Strikeout", "Underline", "Superscript", "Subscript")
NESTED = dict.fromkeys(("BlockQuote", "BulletList", "OrderedList", *INLINE), 1) | {"Table": 3}  # it is a figure as well


def flattened(tree: object, depth: int = 0) -> object:
    """The tree, in which all that stands deeper than that stands at that depth."""
    if is_leaf(tree):
        return tree
    if isinstance(tree, dict):
        depth += NESTED.get(tree.get("t"), 0)
        return {key: flattened(value, depth) for key, value in tree.items()}
    out: list = []
    for child in tree:
        if depth >= MOST_NESTED and isinstance(child, dict) and child.get("t") in NESTED:
            out = [*as_paragraphs(out, beside=True), *flattened(content_of(child), depth)]
        else:
            out.append(flattened(child, depth))
    return out


def content_of(node: Node) -> list[Node]:
    """What stands in a node, without it."""
    match node:
        case {"t": "BulletList", "c": items}:
            return list(marked(items, repeat("•")))
        case {"t": "OrderedList", "c": [[first, *_], items]}:
            return list(marked(items, (f"{number}." for number in count(first))))
        case {"t": "Table", "c": [_, _, _, head, bodies, foot]}:
            rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
            return [block for _, cells in rows for cell in cells for block in cell[4]]
    return node["c"]


def marked(items: list[list[Node]], marks: Iterator[str]) -> Iterator[Node]:
    """The paragraphs of a list, each item with its mark."""
    for item, mark in zip(items, marks, strict=False):
        n_texts = int(bool(item) and item[0]["t"] in ("Plain", "Para"))
        text = item[0]["c"] if n_texts else []
        yield {"t": "Para", "c": [{"t": "Str", "c": f"{mark}\u00a0"}, *text]}
        yield from item[n_texts:]
