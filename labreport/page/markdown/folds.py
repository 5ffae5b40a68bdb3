"""What an author folds, `<details>` and the `<summary>` that stays to be seen, as divisions of pandoc's tree."""

import re
from itertools import groupby

from ..pandoc import Node

FOLD, SUMMARY = "fold-of-author", "summary-of-author"  # classes of the divisions
CLASSES = {"details": FOLD, "summary": SUMMARY}
TAG = re.compile(rf"<(/?)({'|'.join(CLASSES)})\b[^<>]*>", re.I)


def mark_folds(soup) -> None:
    """Make divisions of all folds: pandoc's reader of HTML knows no others."""
    for element in soup.find_all(list(CLASSES)):
        element["class"] = CLASSES[element.name]
        element.name = "div"


def tags_apart(node: Node) -> list[Node] | None:
    """A piece of HTML in Markdown, divided at the tags of folds that have no partner in it: Markdown stands between."""
    if node["t"] != "RawBlock" or node["c"][0] != "html":
        return None
    html, opened, alone, done = node["c"][1], [], [], 0
    for tag in TAG.finditer(html):
        if not tag[1]:
            opened.append(tag)
        elif opened and opened[-1][2].lower() == tag[2].lower():
            opened.pop()
        else:
            alone.append(tag)
    pieces = []
    for tag in sorted([*alone, *opened], key=re.Match.start):
        pieces += [html[done : tag.start()], tag[0]]
        done = tag.end()
    pieces.append(html[done:])
    return [{"t": "RawBlock", "c": ["html", piece]} for piece in pieces if piece.strip()]


def folds_apart(node: Node) -> list[Node] | None:
    """A paragraph with folds in it, divided: they are blocks."""
    if node["t"] not in ("Para", "Plain") or not any(map(is_fold, node["c"])):
        return None
    return blocks_of(node["c"])


def blocks_of(inlines: list[Node]) -> list[Node]:
    blocks: list[Node] = []
    for folded, nodes in groupby(inlines, is_fold):
        if folded:
            blocks += [{"t": "Div", "c": [node["c"][0], blocks_of(node["c"][1])]} for node in nodes]
        else:
            blocks.append({"t": "Plain", "c": list(nodes)})
    return blocks


def is_fold(inline: Node) -> bool:
    return inline["t"] == "Span" and inline["c"][0][1] in ([FOLD], [SUMMARY])


def is_summary(block: Node) -> bool:
    return block["t"] == "Div" and block["c"][0][1] == [SUMMARY]
