"""All Markdown of a document, read, numbered and written for one back end.

What is Figure 3, where a link goes and which text a reference has is decided here, once for HTML and PDF; the
back end is a `Target` that says how a formula, a picture or a listing looks in its format.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Container
from functools import partial

from ..project.places import at
from . import pandoc
from .citations import citations_of, cite, read_citations
from .document import Document, Figure, Fragment, Prose, References, Section, TableBlock
from .markdown.dialect import put_back_sources, put_back_texts, take_citations_out, take_out
from .markdown.folds import folds_apart, tags_apart
from .markdown.paragraphs import as_paragraphs
from .markdown.tags import DIVISION, boxed, pair_tags, with_spans_in_bounds
from .mathematics.delimiters import Formula
from .mathematics.macros import Macros
from .numbering import Numbering
from .outputs.html import read_html_of_markdown
from .pandoc import Node, walk_tree
from .rewriting import Composition, Rewriting
from .target import Target

log = logging.getLogger(__name__)

SHOWN_ALONE = re.compile(r"<(?:img|video|audio|iframe)\b", re.I)


def compose(document: Document, target: Target) -> Composition:
    """Write every fragment of the document; raises LabError for a reference to what does not exist."""
    fragments = fragments_of(document)
    read_fragments(fragments, document.meta.words["not_shown"])
    citations = read_citations(document, fragments)
    if no_citations := {text for text, paragraph in citations.items() if paragraph is None}:
        again = [fragment for fragment in fragments if no_citations.intersection(citations_of(fragment))]
        read_fragments(again, document.meta.words["not_shown"], no_citations)
    cite(document, fragments, {text: paragraph for text, paragraph in citations.items() if paragraph})
    for number, section in enumerate(document.sections):  # with the list of references in front of the appendices
        for fragment in section_fragments(document, section):
            fragment.chapter = number
    fragments = fragments_of(document)
    expand_macros(fragments)
    numbering = Numbering(document)
    rewriting = Rewriting(document, target, numbering, target.markup(formulas_of(fragments)))
    for fragment in fragments:
        with at(fragment.where):
            rewriting.apply(fragment)
    document.doubts += rewriting.links.unused()
    result = rewriting.result
    written = [*fragments, *result.notes, *(heading.title for heading in result.headings)]
    trees, places = [target.finished(f) for f in written], [f.where for f in written]
    for fragment, text in zip(written, pandoc.write_trees(trees, places, target.writer), strict=True):
        fragment.written = text
    return result


def expand_macros(fragments: list[Fragment]) -> None:
    """Put the text of each macro in its place, in the order of reading; the macros of a chapter are its own."""
    macros: dict[int, Macros] = defaultdict(Macros)

    def visit(node: Node, chapter: int) -> object:
        if node["t"] == "Math":
            kind, tex = node["c"]
            expanded = macros[chapter].expand(tex)
            return [] if not expanded.strip() else {"t": "Math", "c": [kind, expanded]}  # it only defined
        if node["t"] in ("Para", "Plain"):
            inlines = without_spaces_around(node["c"])
            return {"t": node["t"], "c": inlines} if inlines else []
        return None

    for fragment in fragments:
        with at(fragment.where):
            fragment.tree = walk_tree(fragment.tree, partial(visit, chapter=fragment.chapter))


def without_spaces_around(inlines: list[Node]) -> list[Node]:
    spaces = [node["t"] in ("Space", "SoftBreak") for node in inlines]
    return inlines[spaces.index(False) : len(spaces) - spaces[::-1].index(False)] if False in spaces else []


def formulas_of(fragments: list[Fragment]) -> list[Formula]:
    """Every formula once."""
    found: dict[Formula, None] = {}

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


def read_fragments(fragments: list[Fragment], not_shown: str, no_citations: Container[str] = ()) -> None:
    """Read all fragments; HTML inside Markdown, which pandoc would drop for the PDF, is read as HTML. Where it is none
    that a page can hold, the words `not_shown` stand in its place. The texts `no_citations` only look like some."""
    prepared = [(take_citations_out if f.is_html else take_out)(f.text, no_citations) for f in fragments]
    documents = [
        pandoc.document(text, "html" if f.is_html else pandoc.MARKDOWN, "json", f.where)
        for f, (text, _) in zip(fragments, prepared, strict=True)
    ]
    for fragment, tree, (_, taken) in zip(fragments, pandoc.read_trees(documents), prepared, strict=True):
        with at(fragment.where):
            fragment.tree = walk_tree(put_back_sources(tree, taken), tags_apart)
    places: dict[str, str] = {}  # of the HTML, where it stands first
    for fragment in fragments:
        with at(fragment.where):
            if "<" in fragment.text:
                places = dict.fromkeys(raw_html(fragment.tree), fragment.where) | places
    sources = []
    for piece, where in places.items():
        source, lost = read_html_of_markdown(with_spans_in_bounds(piece), not_shown)
        sources.append(pandoc.document(source, "html", "json", where))
        for what in lost:
            log.warning("%s: %s: %s", where, not_shown, what)
    read = pandoc.read_trees(sources)
    pieces = dict(zip(places, read, strict=True))

    def replace(node: Node) -> object:
        if not is_raw_html(node):
            return None
        blocks = pieces[node["c"][1]]
        return blocks if node["t"] == "RawBlock" else [n for b in blocks for n in b["c"] if "t" in n]

    for fragment, (_, taken) in zip(fragments, prepared, strict=True):
        with at(fragment.where):
            tree = fragment.tree
            if "<" in fragment.text:
                tree = walk_tree(walk_tree(pair_tags(walk_tree(tree, replace)), boxed), folds_apart)
                tree = put_back_sources(tree, taken)  # in what became code
            tree = put_back_texts(tree, taken)
            fragment.tree = as_paragraphs(tree, beside=not fragment.in_cell)


def raw_html(tree: list[Node]) -> list[str]:
    found: list[str] = []
    walk_tree(tree, lambda node: found.append(node["c"][1]) if is_raw_html(node) else None)
    return found


def is_raw_html(node: Node) -> bool:
    """Whether a node is a piece of HTML that makes sense alone; the tags around a text are paired later."""
    if node["t"] == "RawBlock":
        return node["c"][0] == "html" and not DIVISION.fullmatch(node["c"][1])
    return node["t"] == "RawInline" and node["c"][0] == "html" and SHOWN_ALONE.match(node["c"][1]) is not None
