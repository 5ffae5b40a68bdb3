"""Numbers and anchors of headings, figures, tables and equations, given once for every back end."""

import logging
import re

from labkit.errors import LabError

from .document import Document, Figure, Fragment, Prose, References, TableBlock
from .mathematics.convert import LABEL, equation_number
from .pandoc import Node, plain_text, walk_tree
from .pictures.description import description

log = logging.getLogger(__name__)

CONTENTS_DEPTH = 2  # of the headings that the table of contents has
PREFIXES = {"figure": "fig", "table": "tbl", "equation": "eq"}  # of a label, where the text names it
REFERENCE = re.compile(r"(?<![\w@.])@((?:fig|tbl|eq)-[\w-]*\w)")
COLUMNS = "columns of the table"  # an attribute that no author can write
TYPED_NUMBER = re.compile(r"(\d+(?:\.\d+)*)([.)、]?)")
IN_FRONT = re.compile(r"(\d+(?:\.\d+)*(?:[.)]?(?=\u3000)|、))\u3000*(.+)")  # in one word with the text


def slug(text: str) -> str:
    """The name of a heading in an address."""
    return re.sub(r"[^\w-]+", "-", text.strip().lower()).strip("-")


class Numbering:
    """Numbers and anchors of all that has one, given in the order of reading."""

    def __init__(self, document: Document) -> None:
        self.words = document.meta.words
        self.is_lab = document.meta.is_lab
        self.base = 0  # depth of the title above
        self.counts: list[int] = []  # of the headings above, by depth
        self.appendix = False
        self.section = ("", "")  # number and anchor of the last heading that the contents have
        self.cited: list[str] = []  # anchors of the list of references
        self.n = dict.fromkeys(PREFIXES, 0)
        self.used: set[str] = set()
        self.targets: list[dict[str, str]] = []  # by chapter: what a link may say -> anchor
        self.labels: list[dict[str, tuple[str, str]]] = []  # by chapter: "fig-rates" -> (text, anchor)
        self.numbered: list[tuple[str, str, int, str]] = []  # of a chapter: where it is, kind, chapter, "fig-rates"
        self.chapters = {section.name: slug(section.name) for section in document.sections}
        self.prefix = ""
        if title := document.chapter_title:
            title.tree = [{"t": "Plain", "c": title.tree[0]["c"][2]}]
        for section in document.sections:
            self.prefix = f"{self.chapters[section.name]}-" if document.combined else ""
            self.targets.append({})
            self.labels.append({})
            if section.appendix and not self.appendix:
                self.appendix, self.counts = True, []  # A, B, … follow the last number
            self.base = 1
            if section.part:
                self.number_title(section.part, slug(plain_text(section.part.tree)) or "part")
            if section.title is document.chapter_title:
                self.base = 0
            else:
                self.base = section.depth
                self.number_title(section.title, self.chapters[section.name])
            for block in section.blocks:
                self.number_block(block)
        for targets in self.targets:
            targets |= {anchor: anchor for anchor in self.cited}

    def number_title(self, title: Fragment, anchor: str) -> None:
        title.tree = [self.number_heading(title.tree[0], self.unique(anchor))]

    def number_block(self, block: object) -> None:
        if isinstance(block, Prose):
            block.fragment.tree = walk_tree(block.fragment.tree, mark_cells)
        if isinstance(block, Prose) and block.counts:
            block.fragment.tree = walk_tree(block.fragment.tree, lambda node: self.number_node(node, block.fragment))
            if block.finding:
                block.finding.number, block.finding.anchor = self.section
        elif isinstance(block, Figure):
            block.number, block.anchor = self.number("figure", block.label, block.caption.where)
        elif isinstance(block, TableBlock) and block.caption:
            block.number, block.anchor = self.number("table", block.label, block.caption.where)
        elif isinstance(block, References):
            self.cited = [anchor for anchor, _ in block.entries]

    def number_node(self, node: Node, fragment: Fragment) -> Node | None:
        if node["t"] == "Header":
            return self.number_heading(node)
        if node["t"] == "Math" and node["c"][0]["t"] == "DisplayMath":
            return self.number_equation(node["c"][1], fragment.where)
        if node["t"] in ("Div", "Span") and node["c"][0][0]:  # a place that a link may lead to
            (name, classes, pairs), content = node["c"]
            anchor = self.unique(self.prefix + (slug(name) or "place"))
            self.targets[-1].setdefault(name, anchor)
            return {"t": node["t"], "c": [[anchor, classes, pairs], content]}
        alone = node["t"] in ("Para", "Plain") and len(node["c"]) == 1 and node["c"][0]["t"] == "Image"
        if alone and is_captioned(node["c"][0]) and columns_beside(node["c"][0]) == 0:
            attributes, caption, (address, _) = node["c"][0]["c"]
            label = attributes[0] if attributes[0].startswith("fig-") else ""
            number, anchor = self.number("figure", label, fragment.where)
            # not one of pandoc's nodes: it lives until the rewriting turns it into the target's own figure
            return {"t": "NumberedFigure", "c": [number, anchor, attributes, caption, address]}
        return None

    def number_heading(self, node: Node, anchor: str = "") -> Node:
        level, (name, classes, _), inlines = node["c"]
        # one deeper than the heading above at most, as outlines and PDF/UA demand
        depth = min(max(1, level + self.base - 1), len(self.counts) + 1)
        number = ""
        if "unnumbered" not in classes:
            self.counts = [*self.counts, 0][:depth]
            self.counts[-1] += 1
            first = chr(ord("A") + self.counts[0] - 1) if self.appendix else str(self.counts[0])
            numbers = [first, *map(str, self.counts[1:])]
            number = ".".join(numbers)
            inlines = without_typed_number(inlines, ".".join(numbers[self.base :]) or numbers[-1])
        names = {name, slug(plain_text(node)), slug(plain_text(inlines))} - {""}
        anchor = anchor or self.unique(self.prefix + (slug(plain_text(inlines)) or "section"))
        for name in names:
            self.targets[-1].setdefault(name, anchor)
        if depth <= CONTENTS_DEPTH:
            self.section = (number, anchor)
        return {"t": "Header", "c": [depth, [anchor, classes, [["number", number]]], inlines]}

    def number_equation(self, tex: str, where: str) -> Node | None:
        """An equation on lines of its own with a number: one that has a label, or says its number itself."""
        labels, number, anchor = LABEL.findall(tex), equation_number(tex), ""
        if len(labels) > 1:
            self.refuse(where, f"an equation may have one label, on one of its lines; got {', '.join(labels)}")
        if labels:
            count, anchor = self.number("equation", labels[0], where, number)
            number = number or str(count)
        # as with figures, none of pandoc's nodes
        return {"t": "NumberedMath", "c": [number, anchor, tex]} if number else None

    def number(self, kind: str, label: str, where: str, printed: str = "") -> tuple[int, str]:
        """The next number of a kind, unless one is `printed` already, and the anchor of what has the label."""
        self.n[kind] += not printed
        number = self.n[kind]
        chapter = len(self.labels) - 1
        name = self.name_of(kind, label, where)
        if not name:
            self.numbered.append((where, kind, chapter, ""))
            return number, self.unique(f"{kind}-{number}")
        anchor = self.unique(self.prefix + slug(name))
        self.numbered.append((where, kind, chapter, name))
        self.labels[-1][name] = (f"{self.words[kind]}\u00a0{printed or number}", anchor)
        self.targets[-1].setdefault(name, anchor)
        return number, anchor

    def name_of(self, kind: str, label: str, where: str) -> str:
        """The label as a text refers to it, "" if there is none, or none that can be used."""
        name = label if label.startswith(f"{PREFIXES[kind]}-") else f"{PREFIXES[kind]}-{label}"
        if label and not REFERENCE.fullmatch(f"@{name}"):
            self.refuse(where, f"a label may have letters, digits, - and _; got {label!r}")
        elif name in self.labels[-1]:
            self.refuse(where, f"the label {label!r} is used twice; each {kind} needs its own")
        elif label:
            return name
        return ""

    def refuse(self, where: str, why: str) -> None:
        """Raise LabError in a lab; a stranger's notebook is shown without the label."""
        if self.is_lab:
            raise LabError(f"{where}: {why}")
        log.warning("%s: %s", where, why)

    def unique(self, anchor: str) -> str:
        candidate, n = anchor, 1
        while candidate in self.used:
            n += 1
            candidate = f"{anchor}-{n}"
        self.used.add(candidate)
        return candidate


def mark_cells(node: Node) -> Node | None:
    """Tell the images of a table how many columns it has: in its cells they stand side by side, as figures cannot."""
    n_columns = len(node["c"][2]) if node["t"] == "Table" else 0

    def mark(inner: Node) -> Node | None:
        if inner["t"] != "Image":
            return None
        (name, classes, attributes), *rest = inner["c"]
        attributes = [one for one in attributes if "%" not in one[1]]  # a part of what, depends on all other cells
        return {"t": "Image", "c": [[name, classes, [*attributes, [COLUMNS, str(n_columns)]]], *rest]}

    return {"t": "Table", "c": walk_tree(node["c"], mark)} if n_columns else None


def is_captioned(image: Node) -> bool:
    _, caption, (address, _) = image["c"]
    return bool(description(plain_text(caption), address))


def columns_beside(image: Node) -> int:
    """How many columns the table has in which an image stands, 0 if it stands in none."""
    return max((int(value) for name, value in image["c"][0][2] if name == COLUMNS), default=0)


def without_typed_number(inlines: list[Node], number: str) -> list[Node]:
    """Drop a number typed by hand ("2.1 Theory", "3) Data"): the report numbers itself.

    "2 layers are enough" keeps its number unless it happens to be the heading's own.
    """
    if inlines and inlines[0]["t"] == "Str" and (parts := IN_FRONT.fullmatch(inlines[0]["c"])):
        inlines = [{"t": "Str", "c": parts[1]}, {"t": "Space"}, {"t": "Str", "c": parts[2]}, *inlines[1:]]
    if len(inlines) < 3 or inlines[0]["t"] != "Str":
        return inlines
    match = TYPED_NUMBER.fullmatch(inlines[0]["c"])
    if match and (match[2] or match[1] == number or "." in match[1]):
        return inlines[2:]
    return inlines
