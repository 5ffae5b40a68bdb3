"""HTML tags in a Markdown text, as nodes: Markdown leaves the opening and the closing one as two pieces."""

import re
from collections.abc import Iterator
from itertools import count, repeat

from ..pandoc import Node, plain_text
from .folds import CLASSES

# Tags that mean something in both formats; the text of all others is kept.
MARKS = {
    **{"sub": "Subscript", "sup": "Superscript", "u": "Underline", "s": "Strikeout", "del": "Strikeout"},
    **{"ins": "Underline", "strike": "Strikeout"},
    **{"b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph"},
}
CODE = {"code", "kbd", "samp", "tt"}
SIGNS = {"q": "“”", "rt": "()"}  # what a browser shows in other ways
PAIRED = {*MARKS, *CLASSES, *CODE, "a", "span", "div", "rp"}
LINES = {  # tags whose content stands on lines of its own
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "tr", "ul"),
}
ALERT = "alert"  # the class of a box around a remark
# A tag alone, with Markdown behind it.
DIVISION = re.compile(rf"\s*</?(?:div|{'|'.join(CLASSES)})(?:\s[^<>]*)?>\s*", re.I)
TAG = re.compile(r"\s*<(/?)([a-z0-9]+)", re.I)
ROW = re.compile(r"<tr\b", re.I)
CELL = re.compile(r"<t[dh]\b[^<>]*>", re.I)
SPAN = re.compile(r"((?:col|row)span)\s*=\s*[\"']?([^\s\"'>]*)[\"']?", re.I)
MOST_SPANNED = 20  # columns or rows that a cell can mean; more, as in colspan="100%", are all that there are


def with_spans_in_bounds(html: str) -> str:
    """The HTML with cells of tables that span what a browser takes their words for: one where they are no number."""
    rows = [[columns_of(cell) for cell in CELL.findall(row)] for row in ROW.split(html)]
    there = {"colspan": max(sum(n if n <= MOST_SPANNED else 1 for n in row) for row in rows), "rowspan": len(rows)}

    def bounded(span: re.Match) -> str:
        name, n = span[1].lower(), leading_number(span[2])
        return f'{name}="{n if n <= MOST_SPANNED else max(there[name], 1)}"'

    return CELL.sub(lambda cell: SPAN.sub(bounded, cell[0]), html)


def columns_of(cell: str) -> int:
    """How many columns a cell says it spans."""
    return next((leading_number(given) for name, given in SPAN.findall(cell) if name.lower() == "colspan"), 1)


def leading_number(given: str) -> int:
    digits = re.match(r"\d{1,6}", given)
    return max(int(digits[0]), 1) if digits else 1


def pair_tags(tree: object) -> object:
    """Turn <sub>…</sub> and its like into nodes, <br> and what stands on a line of its own into line breaks, and drop
    every other tag."""
    if isinstance(tree, dict):
        return {key: pair_tags(value) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    out: list = []
    opened: list[tuple[str, Node, int]] = []
    lists: list[Iterator[str]] = []  # of each list around, the marks of its items
    for node in map(pair_tags, tree):
        if not (isinstance(node, dict) and node.get("t") in ("RawInline", "RawBlock")):
            out.append(node)
            continue
        match = TAG.match(node["c"][1])
        closing, name = (match[1], match[2].lower()) if match else ("", "")
        in_text = node["t"] == "RawInline"
        if name in ("ul", "ol"):
            lists = lists[:-1] if closing else [*lists, repeat("•") if name == "ul" else (f"{n}." for n in count(1))]
        if in_text and name in LINES and not closing:
            out.append({"t": "LineEnd", "c": next(lists[-1]) if name == "li" and lists else ""})
        if name == "br":
            out.append({"t": "LineBreak"})
        elif in_text and name in ("td", "th"):
            out.append({"t": "Space"})
        elif in_text and name in SIGNS:
            out.append({"t": "Str", "c": SIGNS[name][len(closing)]})
        elif name in PAIRED and not closing:
            opened.append((name, node, len(out)))
        elif opened and opened[-1][0] == name:
            _, first, start = opened.pop()
            out[start:] = [element(name, first, out[start:])]
        if in_text and name in LINES and closing:
            out.append({"t": "LineEnd", "c": ""})
    for name, first, start in reversed(opened):
        if name in CLASSES:  # it ends with the text
            out[start:] = [element(name, first, out[start:])]
    return in_lines(out)


def boxed(node: Node) -> Node | None:
    """A box around a remark, as JupyterLab draws one, is set as a quotation."""
    if node.get("t") != "Div" or ALERT not in node["c"][0][1]:
        return None
    (identity, _, others), content = node["c"]
    return {"t": "Div", "c": [[identity, [], others], [{"t": "BlockQuote", "c": content}]]}


def in_lines(nodes: list) -> list:
    """The nodes with a line break where a line ends, but for the last, and the mark of an item in front of it."""
    out: list = []
    mark = None  # what the next line begins with
    for node in nodes:
        kind = node.get("t") if isinstance(node, dict) else ""
        if kind == "LineEnd":
            mark = node["c"] or mark or ""
        elif mark is None or kind in ("Space", "SoftBreak"):
            out.append(node)
        else:
            while out and out[-1]["t"] in ("Space", "SoftBreak"):
                out.pop()
            out += [{"t": "LineBreak"}] if out and "LineBreak" not in (kind, out[-1]["t"]) else []
            out += [{"t": "Str", "c": f"{mark}\u00a0"}] if mark else []
            out.append(node)
            mark = None
    return out


def element(name: str, first: Node, content: list[Node]) -> Node:
    """The node of what stands behind the first of two tags, in a text or around blocks."""
    content = in_lines(content)
    if name in MARKS:
        return {"t": MARKS[name], "c": content}
    if name in CODE and first["t"] == "RawInline":
        return {"t": "Code", "c": [["", [], []], plain_text(content)]}
    if name == "rp":  # for browsers without <rt>
        content = []
    from bs4 import BeautifulSoup

    given = BeautifulSoup(first["c"][1], "html.parser").find(True).attrs
    classes = [CLASSES[name]] if name in CLASSES else [ALERT] if ALERT in given.get("class", ()) else []
    others = [[key, given[key]] for key in ("dir", "open") if key in given]
    attributes = [given.get("id") or given.get("name", ""), classes, others]
    if name == "a" and "href" in given:
        content = [{"t": "Link", "c": [["", [], []], content, [given["href"], ""]]}]
    return {"t": "Span" if first["t"] == "RawInline" else "Div", "c": [attributes, content]}
