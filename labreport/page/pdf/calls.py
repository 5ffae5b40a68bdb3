"""What a tree needs for pandoc's writer of Typst: an end of each call, as in `#strong[b].py` Typst would look for a
field of it, words that can be broken in the cells of a table, and a line in bold that no page ends with."""

from ..pandoc import Node, walk_tree
from ..tables.widths import LONGEST_WORD
from .text import breakable, string

CALLS = {"Emph", "Strong", "Strikeout", "Underline", "Superscript", "Subscript", "SmallCaps", "Link", "Note"}


def end_calls(tree: list[Node]) -> list[Node]:
    """The tree with a `;`, which is not printed, behind all that is a call; code is one, whatever signs are in it."""
    return walk_tree(tree, end_call)


def end_call(node: Node) -> list[Node] | Node | None:
    if node["t"] == "Code":
        return {"t": "RawInline", "c": ["typst", f"#raw({string(node['c'][1])});"]}
    if node["t"] == "Table":
        return {"t": "Table", "c": break_words(node["c"])}
    if node["t"] == "Para" and [inline["t"] for inline in node["c"]] == ["Strong", "RawInline"]:
        return [{"t": "RawBlock", "c": ["typst", "#lab.bold-line["]}, node, {"t": "RawBlock", "c": ["typst", "]"]}]
    return [node, {"t": "RawInline", "c": ["typst", ";"]}] if node["t"] in CALLS else None


def break_words(tree: object) -> object:
    """The tree of what stands in cells, with words that are no wider than a narrow column."""
    return walk_tree(
        tree, lambda node: {"t": "Str", "c": breakable(node["c"], LONGEST_WORD)} if node["t"] == "Str" else None
    )
