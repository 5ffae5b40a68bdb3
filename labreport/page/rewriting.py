"""Links, references, pictures, formulas and listings in a syntax tree, replaced by what the back end writes."""

import logging
import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import unquote

from labkit.errors import LabError

from ..project.texts import listed, printable
from . import pictures
from .document import Document, Fragment
from .markdown.tables import set_columns
from .mathematics.delimiters import Formula
from .numbering import PREFIXES, REFERENCE, Numbering, columns_beside, slug
from .pandoc import Node, plain_text, walk_tree
from .pictures import Picture
from .target import Target

log = logging.getLogger(__name__)

LINK = re.compile(r"(https?:|mailto:|(?![a-z][a-z0-9+.-]*:|//))", re.I)

MONEY = re.compile(r"\d[^\\^_{}=]*\s[^\\^_{}=]*[a-z]{2}[^\\^_{}=]*")  # between two dollars of a text


@dataclass
class Heading:
    """A numbered heading; `title` is what the table of contents shows."""

    depth: int
    number: str
    anchor: str
    title: Fragment


@dataclass
class Composition:
    """What a back end needs besides the written fragments."""

    headings: list[Heading] = field(default_factory=list)
    notes: list[Fragment] = field(default_factory=list)


class Rewriting:
    """Replaces in each tree what only the target can write."""

    def __init__(
        self,
        document: Document,
        target: Target,
        numbering: Numbering,
        formulas: dict[Formula, str | None],
    ) -> None:
        self.document = document
        self.target = target
        self.numbering = numbering
        self.formulas = formulas
        self.result = Composition()
        self.fragment = Fragment("", 0, "")
        self.named: set[tuple[int, str]] = set()  # chapter and label of what a text refers to

    def apply(self, fragment: Fragment) -> None:
        self.fragment = fragment
        fragment.tree = walk_tree(fragment.tree, self.rewrite)

    def rewrite(self, node: Node) -> object:
        rewrite = getattr(self, f"rewrite_{node['t'].lower()}", None)
        return rewrite(node.get("c")) if rewrite else None

    def raw(self, text: str, block: bool = False) -> Node:
        return {"t": "RawBlock" if block else "RawInline", "c": [self.target.raw, text]}

    def warn(self, message: str) -> None:
        log.warning("%s: %s", self.fragment.where, message)

    def rewrite_math(self, content: list) -> Node:
        kind, tex = content
        return self.formula((kind["t"] == "DisplayMath", tex))

    def rewrite_numberedmath(self, content: list) -> Node:
        number, anchor, tex = content
        return self.formula((True, tex), number, anchor)

    def formula(self, formula: Formula, number: str = "", anchor: str = "") -> Node:
        markup = self.formulas[formula]
        if markup is None:
            self.warn(f"the formula cannot be set, and stands there as TeX: {printable(formula[1])}")
        elif MONEY.fullmatch(formula[1]):
            self.warn(f"'${printable(formula[1])}$' is a formula, as in JupyterLab; write \\$ for a dollar in a text")
        return self.raw(self.target.formula(formula, markup, number, anchor))

    def rewrite_header(self, content: list) -> Node:
        depth, (anchor, classes, attributes), inlines = content
        number = dict(attributes)["number"]
        title = walk_tree(inlines, without_links)
        self.result.headings.append(
            Heading(
                depth,
                number,
                anchor,
                Fragment("", self.fragment.chapter, self.fragment.where, tree=[{"t": "Plain", "c": title}]),
            )
        )
        level, prefix = self.target.heading(number, depth)
        kept = [name for name in classes if name == "unnumbered"]
        return {"t": "Header", "c": [level, [anchor, kept, []], [*prefix, *inlines]]}

    def rewrite_codeblock(self, content: list) -> Node:
        (_, classes, _), source = content
        return self.raw(self.target.listing(source, classes[0] if classes else ""), block=True)

    def rewrite_str(self, text: str) -> object:
        nodes: list[Node] = []
        for i, piece in enumerate(REFERENCE.split(text)):
            if i % 2:
                nodes += self.reference(piece)
            elif piece:
                nodes += self.target.text(piece)
        return nodes

    def reference(self, label: str) -> list[Node]:
        """A link to what has the label in this chapter, or else in another."""
        labels = self.numbering.labels
        found = [chapter for chapter, known in enumerate(labels) if label in known]
        own = [chapter for chapter in found if chapter == self.fragment.chapter]
        if len(own or found) == 1:
            chapter = (own or found)[0]
            self.named.add((chapter, label))
            text, anchor = labels[chapter][label]
            return [link_to([{"t": "Str", "c": text}], f"#{anchor}")]
        if found:
            names = listed(self.document.sections[chapter].name for chapter in found)
            raise LabError(f"{self.fragment.where}: '@{label}' may be that of {names}; give them different labels")
        if self.document.alone:
            return self.target.text(self.elsewhere(label))
        every = [name for known in labels for name in known]
        near = get_close_matches(label, every, n=1, cutoff=0.4)
        hint = f" (did you mean '@{near[0]}'?)" if near else ""
        known = ", ".join(f"@{name}" for name in every) or "none"
        where = self.fragment.where
        raise LabError(f"{where}: a reference must be one of the report's labels: {known}; got '@{label}'{hint}")

    def unnamed(self) -> list[str]:
        """What stands in a chapter with a number, and is named by no text of the report."""
        found = []
        for where, kind, chapter, label in self.numbering.numbered:
            if self.document.alone or self.document.sections[chapter].appendix or (chapter, label) in self.named:
                continue
            why = f"no sentence names the {kind} @{label}" if label else f"the {kind} has no label to name it by"
            found.append(f"{where}: {why}")
        return found

    def elsewhere(self, label: str) -> str:
        """Words for what is in the report, but not in this notebook of it."""
        words = self.document.meta.words
        prefix, _, name = label.partition("-")
        kind = next(kind for kind in PREFIXES if PREFIXES[kind] == prefix)
        return words["elsewhere"].format(kind=words[kind], name=name)

    def rewrite_link(self, content: list) -> object:
        _, inlines, (address, _) = content
        name, _, part = address.partition("#")
        if not name or name.endswith(".ipynb"):
            anchor = self.anchor_of(name, unquote(part))
            return link_to(inlines, f"#{anchor}") if anchor else inlines
        if not LINK.match(address):
            self.warn(f"link left out: {address[:80]}")
            return inlines
        return link_to(inlines, address)

    def anchor_of(self, notebook: str, part: str) -> str | None:
        """Where an internal link goes; a notebook that is not in this document is named, not linked."""
        chapter = self.fragment.chapter
        if notebook:
            names = [section.name for section in self.document.sections]
            name = unquote(notebook).rpartition("/")[2].removesuffix(".ipynb")
            if name not in names or not self.document.combined:
                return None
            if not part:
                return self.numbering.chapters[name]
            chapter = names.index(name)
        targets = self.numbering.targets[chapter]
        anchor = targets.get(part) or targets.get(slug(part)) or targets.get(slug(re.sub(r"^[\d.]+-", "", part)))
        if not anchor:
            self.warn(f"there is no section {part!r} to link to")
        return anchor

    def rewrite_image(self, content: list) -> Node:
        attributes, caption, (address, _) = content
        picture = self.picture_at(address)
        if not picture:
            return self.raw(self.target.missing_picture(address))
        alt = plain_text(caption)
        if not alt:
            self.warn("an image has no description: write it as ![what it shows](file)")
        written, n_columns = self.target.picture(picture, alt, asked_width(attributes)), columns_beside({"c": content})
        return self.raw(self.target.in_cell(written, n_columns) if n_columns else written)

    def rewrite_numberedfigure(self, content: list) -> object:
        number, anchor, attributes, caption, address = content
        picture = self.picture_at(address)
        if not picture:
            missing = self.raw(self.target.missing_picture(address))
            return {"t": "Para", "c": [missing, {"t": "Space"}, *caption]}
        before, after = self.target.figure(picture, plain_text(caption), asked_width(attributes), number, anchor)
        return [self.raw(before, block=True), {"t": "Plain", "c": caption}, self.raw(after, block=True)]

    def picture_at(self, address: str) -> Picture | None:
        section = self.document.sections[self.fragment.chapter]
        if path := pictures.file_of(address, section.path):
            self.document.pictures.add(path)
        picture = pictures.from_address(address, self.fragment.attachments, section.path)
        if not picture:
            self.warn(f"image left out, it must be a file beside the notebook that is whole: {address[:80]}")
        return picture

    def rewrite_note(self, blocks: list[Node]) -> Node | None:
        mark = self.target.footnote(len(self.result.notes) + 1)
        if mark is None:
            return None
        self.result.notes.append(Fragment("", self.fragment.chapter, self.fragment.where, tree=blocks))
        return self.raw(mark)

    def rewrite_bulletlist(self, items: list[list[Node]]) -> list[Node]:
        return self.list_of({"t": "BulletList", "c": items}, items)

    def rewrite_orderedlist(self, content: list) -> list[Node]:
        return self.list_of({"t": "OrderedList", "c": content}, content[1])

    def list_of(self, node: Node, items: list[list[Node]]) -> list[Node]:
        from_the_right = is_from_the_right(plain_text(items))
        for item in items:
            if item and item[0]["t"] in ("Plain", "Para"):
                self.check_box(item[0]["c"])
        return self.directed([node], "rtl", block=True) if from_the_right else [node]

    def check_box(self, inlines: list[Node]) -> None:
        """`- [x] done`: a box that any format can print (pandoc would write a form field)."""
        start = plain_text(inlines[:3]).lower()
        if start.startswith("[x]"):
            inlines[0] = self.raw("☑")
        elif start.startswith("[ ]"):
            inlines[:3] = [self.raw("☐")]

    def rewrite_figure(self, content: list) -> list[Node]:
        _, (_, caption), blocks = content  # an HTML <figure>: only captions of our own are numbered
        return [*blocks, *caption]

    def rewrite_table(self, content: list) -> list[Node]:
        return [*content[1][1], *set_columns(content, self.target.table_width)]  # a caption has no number here

    def rewrite_div(self, content: list) -> list[Node]:
        return self.placed(content, block=True)  # styles and handlers of HTML outputs go, their text stays

    def rewrite_span(self, content: list) -> list[Node]:
        return self.placed(content, block=False)

    def placed(self, content: list, block: bool) -> list[Node]:
        """Text with the anchor and the direction of writing that a tag around it gives."""
        (anchor, _, attributes), nodes = content
        direction = dict(attributes).get("dir", "").lower()
        place = [self.raw(self.target.place(anchor), block)] if anchor else []
        return [*place, *(self.directed(nodes, direction, block) if direction in ("rtl", "ltr") else nodes)]

    def directed(self, nodes: list[Node], direction: str, block: bool) -> list[Node]:
        opening, closing = self.target.direction(direction, block)
        return [self.raw(opening, block), *nodes, self.raw(closing, block)]

    def rewrite_para(self, inlines: list[Node]) -> object:
        """A paragraph that begins with a word of Hebrew or Arabic is written from right to left."""
        node = {"t": "Para", "c": inlines}
        return self.directed([node], "rtl", block=True) if is_from_the_right(plain_text(inlines)) else node


def link_to(inlines: list[Node], address: str) -> Node:
    return {"t": "Link", "c": [["", [], []], inlines, [address, ""]]}


def without_links(node: Node) -> object:
    if node["t"] == "Link":
        return node["c"][1]
    return [] if node["t"] == "Note" else None


def is_from_the_right(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def asked_width(attributes: list) -> str:
    """The width an author asks for: a percentage of the text, or pixels."""
    value = dict(attributes[2]).get("width", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(px|%)?", value)
    return f"{match[1]}{match[2] or 'px'}" if match else ""
