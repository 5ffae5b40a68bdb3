"""Links, references, pictures, formulas and listings in a syntax tree, replaced by what the back end writes."""

import logging
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from ..project.texts import is_from_the_right, is_line, printable
from .document import Document, Fragment
from .links import Links
from .markdown.folds import FOLD, SUMMARY, is_summary
from .markdown.tables import set_columns
from .mathematics.delimiters import Formula
from .mathematics.readable import lost_from
from .numbering import REFERENCE, Numbering, columns_beside
from .pandoc import Node, plain_text, walk_tree
from .pictures.addresses import NoPicture, file_of
from .pictures.description import description
from .pictures.picture import LEFT_OUT, STORED, Missing, Picture, from_file, from_notebook
from .target import Target

log = logging.getLogger(__name__)

LINK = re.compile(r"(https?:|mailto:|(?![a-z][a-z0-9+.-]*:|//))", re.I)

WIDTH = re.compile(r"(\d+(?:\.\d+)?)(px|%)?")
STYLED_WIDTH = re.compile(r"(?<![\w-])width\s*:\s*(\d+(?:\.\d+)?)(px|%)", re.I)
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
        self.links = Links(document, numbering)
        self.formulas = formulas
        self.result = Composition()
        self.words = document.meta.words
        self.fragment = Fragment("", 0, "")

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
        elif lost := lost_from(formula[1]):
            self.warn(f"the formula is set without its {' and its '.join(lost)}: {printable(formula[1])}")
        elif MONEY.fullmatch(formula[1]):
            self.warn(f"'${printable(formula[1])}$' is a formula, as in JupyterLab; write \\$ for a dollar in a text")
        return self.raw(self.target.formula(formula, markup, number, anchor))

    def rewrite_header(self, content: list) -> list[Node]:
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
        node = {"t": "Header", "c": [level, [anchor, kept, []], [*prefix, *inlines]]}
        return self.directed([node], "rtl", block=True) if is_from_the_right(plain_text(inlines)) else [node]

    def rewrite_codeblock(self, content: list) -> Node:
        (_, classes, _), source = content
        return self.raw(self.target.listing(source, classes[0] if classes else ""), block=True)

    def rewrite_code(self, content: list) -> Node:
        return {"t": "Code", "c": [["", [], []], content[1]]}  # a style of it would reach the page

    def rewrite_str(self, text: str) -> object:
        nodes: list[Node] = []
        for i, piece in enumerate(REFERENCE.split(text)):
            if i % 2:
                nodes += self.reference(piece)
            elif piece:
                nodes += self.target.text(piece)
        return nodes

    def reference(self, label: str) -> list[Node]:
        text, anchor = self.links.named(label, self.fragment)
        return [link_to([{"t": "Str", "c": text}], f"#{anchor}")] if anchor else self.target.text(text)

    def rewrite_link(self, content: list) -> object:
        _, inlines, (given, _) = content
        address = given.strip()
        name, _, part = address.partition("#")
        if not name or name.endswith(".ipynb"):
            anchor = self.links.anchor_of(name, unquote(part), self.fragment)
            return link_to(inlines, f"#{anchor}") if anchor else inlines
        if not (LINK.match(address) and is_line(address)):  # a browser passes over a tab in `java\tscript:`
            self.warn(f"link left out: {address[:80]}")
            return inlines
        return link_to(inlines, address)

    def rewrite_image(self, content: list) -> Node:
        attributes, caption, (address, title) = content
        picture = self.picture_at(address)
        alt = description(plain_text(caption), address) or description(title, address)
        if not alt and isinstance(picture, Picture):
            self.warn("an image has no description: write it as ![what it shows](file)")
        alt = alt or self.words["undescribed"]
        written, n_columns = self.target.picture(picture, alt, asked_width(attributes)), columns_beside({"c": content})
        return self.raw(self.target.in_cell(written, n_columns) if n_columns else written)

    def rewrite_numberedfigure(self, content: list) -> list[Node]:
        number, anchor, attributes, caption, address = content
        picture = self.picture_at(address)
        before, after = self.target.figure(picture, plain_text(caption), asked_width(attributes), number, anchor)
        return [self.raw(before, block=True), {"t": "Plain", "c": caption}, self.raw(after, block=True)]

    def picture_at(self, address: str) -> Picture | Missing:
        section = self.document.sections[self.fragment.chapter]
        try:
            if address.lower().startswith(STORED):
                return from_notebook(address, self.fragment.attachments)
            path = file_of(address, section.path, section.root)
            self.document.pictures.add(path)
            return from_file(path)
        except NoPicture as reason:
            name = printable(address.partition(",")[0] if address.lower().startswith("data:") else address, 80)
            told = f"{LEFT_OUT}: {name}: {reason}"
            self.warn(told)
            self.document.doubts.append(f"{self.fragment.where}: {told}")
            return Missing(name)

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

    def rewrite_div(self, content: list) -> list[Node] | None:
        (_, classes, attributes), blocks = content
        if SUMMARY in classes:
            return None  # the fold around it writes it
        if FOLD in classes:
            content = [content[0], self.fold(blocks, "open" in dict(attributes))]
        return self.placed(content, block=True)  # styles and handlers of HTML outputs go, their text stays

    def fold(self, blocks: list[Node], is_open: bool) -> list[Node]:
        """What its author folds, below the line that stays to be seen, which a browser would write itself."""
        summary = next(filter(is_summary, blocks), None)
        written = summary["c"][1] if summary else [{"t": "Para", "c": [{"t": "Str", "c": self.words["details"]}]}]
        line = [{"t": "Plain", "c": node["c"]} if node["t"] == "Para" else node for node in written]
        before, between, after = (self.raw(text, block=True) for text in self.target.fold(is_open))
        return [before, *line, between, *(node for node in blocks if node is not summary), after]

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


def asked_width(attributes: list) -> str:
    """The width an author asks for: a percentage of the text, or pixels."""
    given = dict(attributes[2])
    match = WIDTH.fullmatch(given.get("width", "")) or STYLED_WIDTH.search(given.get("style", ""))
    return f"{match[1]}{match[2] or 'px'}" if match else ""
