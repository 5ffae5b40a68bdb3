"""An end for each call that pandoc writes in Typst: in `#strong[b].py`, Typst would look for a field of the call."""

from ..pandoc import Node, walk_tree
from .text import string

CALLS = {"Emph", "Strong", "Strikeout", "Underline", "Superscript", "Subscript", "SmallCaps", "Link", "Note"}


def end_calls(tree: list[Node]) -> list[Node]:
    """The tree with a `;`, which is not printed, behind all that is a call; code is one, whatever signs are in it."""
    return walk_tree(tree, end_call)


def end_call(node: Node) -> list[Node] | Node | None:
    if node["t"] == "Code":
        return {"t": "RawInline", "c": ["typst", f"#raw({string(node['c'][1])});"]}
    return [node, {"t": "RawInline", "c": ["typst", ";"]}] if node["t"] in CALLS else None
