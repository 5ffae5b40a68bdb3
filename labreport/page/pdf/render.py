"""The report as a PDF, set by Typst: contents with page numbers, numbered sections, tables that fit, tagged for
screen readers."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

from ...project.places import at
from ...project.temporary import temporary_folder
from ...project.texts import is_from_the_right, is_simplified
from .. import logs
from ..document import (
    Block,
    Chapter,
    Code,
    Document,
    Figure,
    Fold,
    Fragment,
    Log,
    NotShown,
    PlainPicture,
    Prose,
    References,
    ReportMeta,
    TableBlock,
)
from ..mathematics import convert
from ..mathematics.delimiters import Formula
from ..pandoc import Node
from ..pictures.picture import Missing, Picture
from ..prose import compose
from ..reading import read_chapters
from . import glyphs
from .calls import break_words, end_calls
from .listing import pieces_of
from .nesting import flattened
from .setting import Part, set_pages
from .tables import set_table
from .text import JOINT, Joints, as_typed, breakable, string

log = logging.getLogger(__name__)

LOG = logs.Room(width=85, head=45, tail=15, line_head=12, line_tail=4)
TEXT_WIDTH, MOST_HEIGHT = 354, 600  # points: of a line of text (12.5 cm), and of a picture with room for its caption
REGIONS = {"en": ("en", "us"), "zh-TW": ("zh", "tw")}


def render_pdf(chapters: list[Chapter], meta: ReportMeta, bibliography: str = "") -> bytes:
    """One PDF of all chapters, which cite from a `bibliography` in BibTeX; the same bytes for the same input.

    Raise LabError for what the author must mend. Text without a glyph and the like is logged as a warning.
    """
    document = read_chapters(chapters, meta, bibliography)
    pdf = write_pdf(document)
    for doubt in document.doubts:
        if glyphs.NO_GLYPH in doubt:
            log.warning("%s", doubt)
    return pdf


def write_pdf(document: Document, composed: Callable[[], object] = lambda: None) -> bytes:
    """The PDF of a document that was just read; its doubts are complete then. `composed` is called when all that is
    left to do is Typst's, which needs Python no more."""
    with temporary_folder() as folder:
        target = TypstTarget(document.meta.words, folder)
        compose(document, target)
        parts: list[Part] = []
        lettered = False
        for section in document.sections:
            if section.appendix and not lettered:
                parts.append(Part("", "#show: lab.appendix"))
                lettered = True
            parts += [Part(one.where, one.written, one.text) for one in document.headings(section)]
            for block in unfolded(section.blocks):
                where = block.where or section.name
                with at(where):
                    parts.append(Part(where, target.block(block), written_by_author(block)))
        first = opening(document, is_simplified("".join(part.written for part in parts)))
        template = files("labreport.page").joinpath("templates", "report.typ").read_text(encoding="utf-8")
        (folder / "report.typ").write_text(template, encoding="utf-8")
        composed()
        pdf, unset = set_pages(folder, first, parts)
        placed = [("the title block", first), *((part.where, part.written) for part in parts)]
        document.doubts += glyphs.doubts(unset, [(*one, target.drawn(one[1])) for one in placed])
        return pdf


def unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of a section without what is folded in the HTML. What has a number, or is the author's own words, is
    printed all the same: numbers and references are the same in both formats."""
    is_folded = False
    for block in blocks:
        if isinstance(block, Fold):
            is_folded = block.begins
        elif not is_folded or counts(block):
            yield block


def written_by_author(block: Block) -> str:
    """What a block is made of, as its author wrote it."""
    match block:
        case Prose(fragment):
            return fragment.text
        case Code(source):
            return source
        case Log(text):
            return text
        case Figure(caption=caption) | TableBlock(caption=caption) if caption:
            return caption.text
    return ""


def counts(block: Block) -> bool:
    return (isinstance(block, Prose) and block.counts) or (
        isinstance(block, Figure | TableBlock) and bool(block.caption)
    )


def opening(document: Document, simplified: bool) -> str:
    """Import of the template, and the title block; whether Chinese is written in the simplified characters."""
    meta = document.meta
    own = document.chapter_title
    chapter = from_its_side(own.written, document.sections[0].plain_title) if own else ""
    title = from_its_side(f"#text({string(meta.title)})", meta.title) if meta.title else chapter
    facts = [(meta.words[name], getattr(meta, name)) for name in ("author", "student_id", "date")]
    pairs = "".join(f"({string(word)}, {string(value)})," for word, value in facts if value)
    language, region = REGIONS[meta.language]
    day = iso_date(meta.date)
    fields = {
        "title": f"[{title}]",
        "plain-title": string(meta.title or document.sections[0].plain_title),
        "chapter": f"[{chapter}]" if meta.title and chapter and chapter != meta.title else "none",
        "course": string(meta.course),
        "subtitle": string(meta.subtitle),
        "author": string(meta.author),
        "running": string(" · ".join(filter(None, (meta.author, meta.student_id)))),
        "facts": f"({pairs})",
        "summary": summary(document),
        "date": f"datetime(year: {day.year}, month: {day.month}, day: {day.day})" if day else "none",
        "language": string(language),
        "region": string(region),
        "words": "(" + ", ".join(f"{k}: {string(meta.words[k])}" for k in ("contents", "figure", "table")) + ")",
        "combined": str(document.combined).lower(),
        "simplified": str(simplified).lower(),
    }
    arguments = "".join(f"  {name}: {value},\n" for name, value in fields.items())
    return (
        f'#import "report.typ" as lab\n#let horizontalrule = lab.horizontalrule\n#show: lab.report.with(\n{arguments})'
    )


def from_its_side(written: str, title: str) -> str:
    """A title in Typst, from right to left where its words are."""
    return f"#block(width: 100%)[#set text(dir: rtl);{written}]" if is_from_the_right(title) else written


def iso_date(text: str) -> date | None:
    """The day that a text such as 2026-11-21 says; None for any other text, which is printed as it is."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def summary(document: Document) -> str:
    """A table of what was found, for the first page."""
    if not document.findings:
        return "none"
    words = [string(document.meta.words[name]) for name in ("summary", "question", "found", "section")]
    rows = "".join(
        f"([{finding.question.written}], [{finding.found.written}], "
        f"link(label({string(finding.anchor)}), {string(finding.number)})), "
        for finding in document.findings
    )
    return f"lab.summary({', '.join(words)}, ({rows}))"


def printed_width(picture: Picture, asked: str) -> str:
    """The width of a picture in Typst, "" for its own: never so wide that it is higher than a page."""
    if asked.endswith("%"):
        width = TEXT_WIDTH * float(asked.removesuffix("%")) / 100
    elif asked:
        width = min(float(asked.removesuffix("px")) * 0.75, TEXT_WIDTH)
    elif natural := picture.natural_width():
        width = min(natural * 0.72, TEXT_WIDTH)  # 100 pixels an inch, where Typst takes 72
    else:
        return ""
    fits = picture.width_that_fits(width, MOST_HEIGHT)
    return asked if asked.endswith("%") and fits == width else f"{fits:g}pt"


class TypstTarget:
    """How things are written in Typst; pictures become files in `folder`."""

    writer = raw = "typst"
    table_width = 84  # what the lines of the text have room for

    def __init__(self, words: dict[str, str], folder: Path) -> None:
        self.words = words
        self.folder = folder
        self.drawings: dict[str, str] = {}  # by file
        self.n_files = 0
        self.joints = Joints()

    def markup(self, formulas: list[Formula]) -> dict[Formula, str | None]:
        return convert.to_typst(formulas)

    def formula(self, formula: Formula, markup: str | None, number: str, anchor: str) -> str:
        display, tex = formula
        body = f"{markup}.body" if markup else f"raw({string(tex)}, block: {str(display).lower()})"
        # The TeX source is the alternative text, which accessible PDF demands.
        options = f"block: {str(display).lower()}, alt: {string(' '.join(tex.split()))}"
        numbering = f", numbering: _ => {string(f'({number})')}" if number else ""
        label = f" #label({string(anchor)})" if anchor else ""
        return f"#math.equation({options}{numbering}, {body}){label};"  # or a `.next` behind it would be a field

    def picture(self, picture: Picture | Missing, alt: str, width: str) -> str:
        image = self.image(picture, alt, width)
        return f"#{image};" if isinstance(picture, Missing) else f"#box({image});"

    def in_cell(self, picture: str, n_columns: int) -> str:
        return f"#lab.in-cell({n_columns}, [{picture}]);"

    def figure(self, picture: Picture | Missing, alt: str, width: str, number: int, anchor: str) -> tuple[str, str]:
        image = self.image(picture, alt, width)
        return f"#lab.numbered-figure({image}, caption: [", f"]) #label({string(anchor)})"

    def listing(self, source: str, language: str) -> str:
        pieces = "".join(f"{string(breakable(piece, 70))}, " for piece in pieces_of(source))
        return f"#lab.listing(({pieces}), lang: {string(language or 'txt')})"

    def heading(self, number: str, depth: int) -> tuple[int, list[Node]]:
        return depth, []  # the template numbers in the same way

    def place(self, anchor: str) -> str:
        return f"#metadata(none) #label({string(anchor)});"

    def direction(self, direction: str, block: bool) -> tuple[str, str]:
        return (f"#[#set text(dir: {direction})", "]") if block else (f"#text(dir: {direction})[", "];")

    def fold(self, is_open: bool) -> tuple[str, str, str]:
        return "#lab.fold-line[", "]", ""  # all is open on paper

    def footnote(self, number: int) -> None:
        return None  # pandoc and Typst set footnotes themselves

    def text(self, text: str) -> list[Node]:
        parts = [{"t": "Str", "c": part} for part in self.joints.divide(breakable(as_typed(text)))]
        joint = {"t": "RawInline", "c": [self.raw, JOINT]}
        return [node for part in parts for node in (joint, part)][1:]

    def finished(self, fragment: Fragment) -> list[Node]:
        tree = flattened(fragment.tree)
        return end_calls(break_words(tree) if fragment.in_cell else tree)

    def image(self, picture: Picture | Missing, alt: str, width: str) -> str:
        if isinstance(picture, Missing):
            return f"lab.missing({string(self.words['missing_image'])}, {string(breakable(picture.address))})"
        kind, data = picture.for_print()
        self.n_files += 1
        name = f"picture{self.n_files}.{kind}"
        (self.folder / name).write_bytes(data)
        if kind == "svg":
            self.drawings[name] = data.decode("utf-8", "replace")
        size = printed_width(picture, width)
        size = f", width: {size}" if size else ""
        return f"image({string(name)}, alt: {string(alt)}{size})"

    def drawn(self, written: str) -> str:
        """The drawings that are a part of what is written."""
        return "".join(drawing for name, drawing in self.drawings.items() if string(name) in written)

    def block(self, block: Block) -> str:
        match block:
            case Prose(fragment):
                return fragment.written
            case Code(source, shown):
                return self.listing(source, "python") if shown else ""
            case Log(text, kind):
                shown = breakable(logs.shorten(text, LOG))
                return f"#lab.log({string(shown)}, kind: {string(kind)})"
            case Figure():
                before, after = self.figure(block.picture, block.alt, block.picture.width, block.number, block.anchor)
                return before + block.caption.written + after
            case TableBlock():
                return set_table(block)
            case PlainPicture(picture, alt):
                return f"#align(center, {self.image(picture, alt, picture.width)})"
            case NotShown(what, name):
                return f"#lab.missing({string(self.words[name])}, {string(what)})"
            case References(entries):
                return "\n".join(f"#lab.entry[{entry.written}] #label({string(anchor)})" for anchor, entry in entries)
