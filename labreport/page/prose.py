"""All Markdown of a document, read, numbered and written for one back end.

What is Figure 3, where a link goes and which text a reference has is decided here, once for HTML and PDF; the
back end is a `Target` that says how a formula, a picture or a listing looks in its format.
"""

import re

from ..project.places import at
from . import mathematics, pandoc
from .citations import cite
from .document import Document, Figure, Fragment, Prose, References, Section, TableBlock
from .numbering import Numbering
from .pandoc import Node, walk_tree
from .rewriting import Composition, Rewriting, Target

# HTML tags inside a paragraph that mean something in both formats; the text of all others is kept.
INLINE_TAGS = {
    **{"sub": "Subscript", "sup": "Superscript", "u": "Underline", "s": "Strikeout", "del": "Strikeout"},
    **{"b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph"},
}


def compose(document: Document, target: Target) -> Composition:
    """Write every fragment of the document; raises LabError for a reference to what does not exist."""
    read_fragments(fragments_of(document))
    cite(document, fragments_of(document))
    for number, section in enumerate(document.sections):  # with the list of references in front of the appendices
        for fragment in section_fragments(document, section):
            fragment.chapter = number
    fragments = fragments_of(document)
    numbering = Numbering(document)
    rewriting = Rewriting(document, target, numbering, target.markup(formulas_of(fragments)))
    for fragment in fragments:
        with at(fragment.where):
            rewriting.apply(fragment)
    document.doubts += rewriting.unnamed()
    result = rewriting.result
    written = [*fragments, *result.notes, *(heading.title for heading in result.headings)]
    trees, places = [f.tree for f in written], [f.where for f in written]
    for fragment, text in zip(written, pandoc.write_trees(trees, places, target.writer), strict=True):
        fragment.written = text
    return result


def formulas_of(fragments: list[Fragment]) -> list[mathematics.Formula]:
    """Every formula once."""
    found: dict[mathematics.Formula, None] = {}

    def collect(node: Node) -> None:
        if node["t"] == "Math":
            found[node["c"][0]["t"] == "DisplayMath", node["c"][1]] = None
        elif node["t"] == "NumberedMath":
            found[True, node["c"][2]] = None

    for fragment in fragments:
        walk_tree(fragment.tree, collect)
    return list(found)


def fragments_of(document: Document) -> list[Fragment]:
    """All fragments, in the order of reading."""
    title = [document.chapter_title] if document.chapter_title else []
    return title + [fragment for section in document.sections for fragment in section_fragments(document, section)]


def section_fragments(document: Document, section: Section) -> list[Fragment]:
    found = document.headings(section)
    for block in section.blocks:
        if isinstance(block, Prose):
            found.append(block.fragment)
            if block.finding:
                found += [block.finding.question, block.finding.found]
        elif isinstance(block, Figure | TableBlock) and block.caption:
            found.append(block.caption)
        elif isinstance(block, References):
            found.extend(entry for _, entry in block.entries)
        if isinstance(block, TableBlock):
            found.extend(cell.prose for cell in block.table.cells if cell.prose)
    return found


def read_fragments(fragments: list[Fragment]) -> None:
    """Read all fragments; HTML inside Markdown, which pandoc would drop for the PDF, is read as HTML."""
    documents = [pandoc.document(f.text, "html" if f.is_html else pandoc.MARKDOWN, "json", f.where) for f in fragments]
    for fragment, tree in zip(fragments, pandoc.read_trees(documents), strict=True):
        fragment.tree = tree
    places: dict[str, str] = {}  # of the HTML, where it stands first
    for fragment in fragments:
        with at(fragment.where):
            places = dict.fromkeys(raw_html(fragment.tree), fragment.where) | places
    read = pandoc.read_trees([pandoc.document(piece, "html", "json", where) for piece, where in places.items()])
    pieces = dict(zip(places, read, strict=True))

    def replace(node: Node) -> object:
        if not is_raw_html(node):
            return None
        blocks = pieces[node["c"][1]]
        return blocks if node["t"] == "RawBlock" else [n for b in blocks for n in b["c"] if "t" in n]

    for fragment in fragments:
        with at(fragment.where):
            fragment.tree = pair_tags(walk_tree(fragment.tree, replace))


def raw_html(tree: list[Node]) -> list[str]:
    found: list[str] = []
    walk_tree(tree, lambda node: found.append(node["c"][1]) if is_raw_html(node) else None)
    return found


def is_raw_html(node: Node) -> bool:
    if node["t"] == "RawBlock":
        return node["c"][0] == "html"
    return node["t"] == "RawInline" and node["c"][0] == "html" and node["c"][1].lower().startswith("<img")


def pair_tags(tree: object) -> object:
    """Turn <sub>…</sub> and its like into nodes, <br> into a line break, and drop every other tag."""
    if isinstance(tree, dict):
        return {key: pair_tags(value) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    out: list = []
    opened: list[tuple[str, int]] = []
    for node in map(pair_tags, tree):
        if not (isinstance(node, dict) and node.get("t") in ("RawInline", "RawBlock")):
            out.append(node)
            continue
        match = re.match(r"<(/?)([a-z0-9]+)", node["c"][1], re.I)
        closing, name = (match[1], match[2].lower()) if match else ("", "")
        if name == "br":
            out.append({"t": "LineBreak"})
        elif name in INLINE_TAGS and not closing:
            opened.append((name, len(out)))
        elif opened and opened[-1][0] == name:
            start = opened.pop()[1]
            out[start:] = [{"t": INLINE_TAGS[name], "c": out[start:]}]
    return out
