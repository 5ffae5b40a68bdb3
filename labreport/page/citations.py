"""Citations: `[@kingma2015]` or `[@a; @b]` in a text, set by pandoc's citeproc, and the list of what is cited."""

import json
import logging
import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from labkit.errors import LabError, shown

from . import pandoc
from .document import Document, Fragment, References, Section
from .pandoc import Node, walk_tree

log = logging.getLogger(__name__)

KEY = re.compile(r"(?<![\w@.])@(\w(?:[-:.#$%&+?<>~/]*\w)*)")  # as pandoc reads it: DBLP:conf/nips/Bottou07
CITATION = re.compile(r"(?<![\\!])\[(?=[^\[\]`]*(?<![\w@.])@(?!fig-|tbl-|eq-)\w)[^\[\]`]*\](?![(\[{])")
MARK = "citation"  # the class of the span that a citation is while it is read
NAME = "references"


def read_citations(document: Document, fragments: list[Fragment]) -> dict[str, Node | None]:
    """The paragraph of each citation, by its text.

    None for what cites nothing: in a stranger's notebook it is a text like any other. In a lab raise LabError.
    """
    places: dict[str, str] = {}  # the text of a citation, and where it stands first
    for fragment in fragments:
        for text in citations_of(fragment):
            places.setdefault(text, fragment.where)
    if not places:
        return {}
    trees = pandoc.read_trees(
        [pandoc.document(text, "markdown-smart", "json", where) for text, where in places.items()]
    )
    known = [entry["c"]["id"]["c"] for entry in read_bibliography(document.bibliography)]
    found: dict[str, Node | None] = {}
    for (text, where), blocks in zip(places.items(), trees, strict=True):
        reason = why_not(text, blocks, known)
        if reason and document.meta.is_lab:
            raise LabError(f"{where}: {reason}")
        if reason:
            log.warning("%s: %s; it stays as it is", where, reason)
        found[text] = None if reason else blocks[0]
    return found


def cite(document: Document, fragments: list[Fragment], citations: dict[str, Node]) -> None:
    """Put the words and links of each citation in its place, and the list of references behind the last chapter.

    All are set at once: two works of one author and year are told apart in the whole report.
    """
    if not citations:
        return
    written, listed = set_citations(citations, read_bibliography(document.bibliography))
    for fragment in fragments:
        fragment.tree = walk_tree(
            fragment.tree, lambda node: written[citation_text(node)] if is_citation(node) else None
        )
    position = sum(not section.appendix for section in document.sections)
    document.sections.insert(position, references_section(document.meta.words["references"], listed))


def citations_of(fragment: Fragment) -> list[str]:
    found: list[str] = []
    walk_tree(fragment.tree, lambda node: found.append(citation_text(node)) if is_citation(node) else None)
    return found


def is_citation(node: Node) -> bool:
    return node["t"] == "Span" and node["c"][0][1] == [MARK]


def citation_text(node: Node) -> str:
    return node["c"][1][0]["c"]


@lru_cache(maxsize=4)
def read_bibliography(bibtex: str) -> list[Node]:
    """The entries of a bibliography, as pandoc's metadata. Raise LabError if it cannot be read."""
    meta = json.loads(pandoc.convert([pandoc.document(bibtex, "bibtex", "json", "references.bib")])[0])["meta"]
    return meta["references"]["c"]


def why_not(text: str, blocks: list[Node], known: list[str]) -> str:
    """Why a text, which pandoc has read, is no citation of the keys that are known; "" if it is one."""
    for key in KEY.findall(text):
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f" (did you mean '@{near[0]}'?)" if near else ""
            allowed = ", ".join(f"@{name}" for name in known) or "none"
            return f"a citation must be of references.bib, which has {allowed}; got '@{key}'{hint}"
    if [block["t"] for block in blocks] != ["Para"] or [node["t"] for node in blocks[0]["c"]] != ["Cite"]:
        return f"a citation is written like [@key] or [@one; @another]; got {shown(text)}"
    return ""


def set_citations(citations: dict[str, Node], entries: list[Node]) -> tuple[dict[str, list[Node]], list[Node]]:
    """The words of each citation by its text, and the list of references: a Div of each entry."""
    meta = {"references": {"t": "MetaList", "c": entries}, "link-citations": {"t": "MetaBool", "c": True}}
    blocks = list(citations.values())
    source = json.dumps({"pandoc-api-version": pandoc.api_version(), "meta": meta, "blocks": blocks})
    written = json.loads(pandoc.convert([pandoc.document(source, "json", "json", NAME, citeproc=True)])[0])["blocks"]
    *cited, listed = written
    return {text: block["c"][0]["c"][1] for text, block in zip(citations, cited, strict=True)}, listed["c"][1]


def references_section(title: str, entries: list[Node]) -> Section:
    """The list of references under a heading without a number."""

    def fragment(tree: list[Node]) -> Fragment:
        return Fragment("", 0, NAME, tree=tree)

    heading = {"t": "Header", "c": [1, ["", ["unnumbered"], []], [{"t": "Str", "c": title}]]}
    items = [(entry["c"][0][0], fragment(entry["c"][1])) for entry in entries]
    return Section(NAME, Path(), title, fragment([heading]), [References(items)])
