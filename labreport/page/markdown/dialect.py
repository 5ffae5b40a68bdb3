"""The Markdown of JupyterLab, and what of our own stands in it: references, citations, sizes of pictures.

What pandoc must not read is taken out before it reads, a mark left in its place, and put back into the tree: as a
formula or a citation in a text, as it was written in code, in HTML and in an address.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from ..citations import CITATION, MARK
from ..mathematics.delimiters import as_mathjax_reads, formulas_in, taken_out
from ..pandoc import Node, walk_tree
from ..pictures.inline import address_of, is_drawing, replace_drawings, title_of

TAKEN = re.compile(r"@@(\d+)@@")
NAME = r"(?:[#.][\w-]+|[\w-]+=(?:\"[^\"\n]*\"|[^\s\"{}]+))"
ATTRIBUTES = re.compile(rf"(?<=[)\]])\{{[ \t]*{NAME}(?:[ \t]+{NAME})*[ \t]*\}}")  # of a picture
NOTE = re.compile(r"\[\^([^\]\s]+)\]")
NOTE_TEXT = re.compile(r"^[ \t>]*\[\^([^\]\s]+)\]:", re.M)
NOTE_LINES = re.compile(r"^[ \t>]*\[\^([^\]\s]+)\]:(.*(?:\n(?![ \t>]*\[\^[^\]\s]+\]:)(?:.+|(?=\n+[ \t]+\S)))*)", re.M)
FENCE = re.compile(r"[ \t>]*(?:[-*+] +|\d+[.)] +)*(`{3,}(?=[^`]*$)|~{3,})")
DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
CONTAINER = re.compile(r"[ \t>]*")


@dataclass
class Taken:
    """Pieces of a Markdown text, as they were written, by the number of the mark that stands in their place."""

    pieces: list[str] = field(default_factory=list)

    def take(self, piece: str) -> str:
        self.pieces.append(piece)
        return f"@@{len(self.pieces) - 1}@@"

    def take_drawing(self, drawing: str) -> str:
        """What a drawing becomes in a Markdown text; with a backtick in it, it is a piece of code."""
        return drawing if "`" in drawing else self.take(self.put_back(drawing))

    def take_citations(self, text: str, no_citations: Container[str]) -> str:
        """The text without its citations; what only looks like one stays."""

        def take(match: re.Match) -> str:
            source = self.put_back(match[0])
            return match[0] if source in no_citations else self.take(source)

        return CITATION.sub(take, text)

    def put_back(self, text: str) -> str:
        return TAKEN.sub(lambda mark: self.pieces[int(mark[1])], text)

    def in_html(self, mark: str) -> str:
        piece = self.put_back(mark)
        return piece if is_drawing(piece) else escape(piece, quote=False)


def take_out(markdown: str, no_citations: Container[str]) -> tuple[str, Taken]:
    """The text as pandoc is to read it, and what was taken out of it."""
    taken, pieces, done = Taken(), [], 0
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    for start, end in taken_out(text):
        pieces += [text[done:start], taken.take(as_mathjax_reads(text[start:end]))]
        done = end
    text = "".join([*pieces, text[done:]])
    text = replace_drawings(text, taken.take_drawing)
    text = taken.take_citations(text, no_citations)
    text = ATTRIBUTES.sub(lambda match: taken.take(taken.put_back(match[0])), text)
    return tables_apart(without_lost_notes(text, taken)), taken


def take_citations_out(html: str, no_citations: Container[str]) -> tuple[str, Taken]:
    """HTML without the citations in its text: of Markdown, no output in HTML has more."""
    taken = Taken()
    return taken.take_citations(html, no_citations), taken


def without_lost_notes(text: str, taken: Taken) -> str:
    """The text in which a footnote that nothing refers to, or a second one of its name, is no footnote.

    Nor does one refer to itself, or to one in front of it: pandoc would not come to an end.
    """
    in_front: set[str] = set()

    def without_rings(note: re.Match) -> str:
        in_front.add(note[1])
        rest = NOTE.sub(lambda mark: taken.take(mark[0]) if mark[1] in in_front else mark[0], note[2])
        return note[0].removesuffix(note[2]) + rest

    text = NOTE_LINES.sub(without_rings, text)
    named = set(NOTE.findall(NOTE_TEXT.sub("", text)))

    def keep(match: re.Match) -> str:
        if match[1] in named:
            named.remove(match[1])
            return match[0]
        return match[0].replace(f"[^{match[1]}]", taken.take(f"[^{match[1]}]"))

    return NOTE_TEXT.sub(keep, text)


def tables_apart(text: str) -> str:
    """The text with an empty line between a paragraph and a table right below it, which pandoc asks for."""
    lines = text.split("\n")
    out: list[str] = []
    fence = ""
    in_table = False
    for i, line in enumerate(lines):
        bare = line[CONTAINER.match(line).end() :]
        if match := FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence):
                fence = ""
        if not bare:
            in_table = False
        below = lines[i + 1] if i + 1 < len(lines) else ""
        below = below[CONTAINER.match(below).end() :]
        if not fence and not in_table and is_head(bare, below):
            in_table = True
            if out and out[-1][CONTAINER.match(out[-1]).end() :]:
                out.append(CONTAINER.match(line)[0].rstrip())
        out.append(line)
    return "\n".join(out)


def is_head(line: str, below: str) -> bool:
    """Whether a line is the head of a table: the one below has as many cells, of dashes alone."""
    return "|" in line and "|" in below and bool(DELIMITERS.fullmatch(below)) and n_cells(line) == n_cells(below)


def n_cells(line: str) -> int:
    line = line.strip()
    inner = line.removeprefix("|")
    return len(re.findall(r"(?<!\\)\|", inner)) + (not re.search(r"(?<!\\)\|$", inner))


def put_back_sources(tree: list[Node], taken: Taken) -> list[Node]:
    """The tree with what was taken out of code, of HTML and of addresses back in its place, as it was written."""

    def visit(node: Node) -> Node | None:
        match node["t"]:
            case "Code" | "CodeBlock":
                attributes, source = node["c"]
                return {"t": node["t"], "c": [attributes, taken.put_back(source)]}
            case "RawInline" | "RawBlock":
                kind, source = node["c"]
                return {"t": node["t"], "c": [kind, TAKEN.sub(lambda mark: taken.in_html(mark[0]), source)]}
            case "Link" | "Image":
                attributes, inlines, target = node["c"]
                return {"t": node["t"], "c": [attributes, inlines, list(map(taken.put_back, target))]}
        return None

    return walk_tree(tree, visit)


def put_back_texts(tree: object, taken: Taken) -> object:
    """The tree with formulas, citations and sizes of pictures in the place of the marks and dollars in its text."""
    if isinstance(tree, dict):
        return {key: put_back_texts(value, taken) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    out: list = []
    for in_text, nodes in groupby(tree, is_text):
        if in_text:
            run = "".join({"Space": " ", "SoftBreak": "\n"}.get(node["t"]) or node["c"] for node in nodes)
            out += nodes_of(run, taken, out)
        else:
            out += [put_back_texts(node, taken) for node in nodes]
    return out


def is_text(node: object) -> bool:
    return isinstance(node, dict) and node.get("t") in ("Str", "Space", "SoftBreak")


def nodes_of(run: str, taken: Taken, before: list) -> list[Node]:
    """The nodes of a run of text; the attributes of a picture go to the picture `before` it."""
    nodes: list[Node] = []
    text = ""
    for i, piece in enumerate(TAKEN.split(run)):
        source = taken.pieces[int(piece)] if i % 2 else piece
        if i % 2 and CITATION.fullmatch(source):
            nodes += [*set_formulas(text), {"t": "Span", "c": [["", [MARK], []], [{"t": "Str", "c": source}]]}]
            text = ""
        elif i % 2 and is_drawing(source):
            nodes += [*set_formulas(text), *picture_of(source)]
            text = ""
        elif i == 1 and not text and is_image(before[-1:]) and ATTRIBUTES.fullmatch(f"){source}", 1):
            before[-1]["c"][0] = attributes_of(source)
        else:
            text += source
    return nodes + set_formulas(text)


def picture_of(drawing: str) -> list[Node]:
    """The image that a drawing is, none if it is not to be seen."""
    address = address_of(drawing)
    return [{"t": "Image", "c": [["", [], []], words(title_of(drawing)), [address, ""]]}] if address else []


def is_image(nodes: list) -> bool:
    return bool(nodes) and isinstance(nodes[0], dict) and nodes[0].get("t") == "Image"


def set_formulas(text: str) -> list[Node]:
    nodes: list[Node] = []
    for part in formulas_in(text):
        if isinstance(part, str):
            nodes += words(part)
        else:
            display, tex = part
            nodes.append({"t": "Math", "c": [{"t": "DisplayMath" if display else "InlineMath"}, tex]})
    return nodes


def words(text: str) -> list[Node]:
    """A text as pandoc's words and the spaces between them."""
    spaces = {True: {"t": "SoftBreak"}, False: {"t": "Space"}}
    pieces = re.split(r"([ \t\n]+)", text)
    return [spaces["\n" in p] if i % 2 else {"t": "Str", "c": p} for i, p in enumerate(pieces) if p]


def attributes_of(source: str) -> list:
    """`{#fig-one .wide width=50%}` as pandoc has it: an identifier, classes, and names with values."""
    found = re.findall(NAME, source)
    identifiers = [one[1:] for one in found if one[0] == "#"]
    pairs = [one.partition("=")[::2] for one in found if one[0] not in "#."]
    return [identifiers[0] if identifiers else "", [], [[name, value.strip('"')] for name, value in pairs]]
