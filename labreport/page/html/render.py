"""The report as one HTML file that opens without a network: mathematics as MathML, images and styles inside."""

import re
from html import escape

from pygments import highlight as color
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ...project.places import at
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
    Section,
    TableBlock,
)
from ..mathematics import convert
from ..mathematics.delimiters import Formula
from ..pandoc import Node
from ..pictures.picture import Missing, Picture
from ..prose import compose
from ..reading import read_chapters
from ..rewriting import Composition
from ..tables.grid import Grid, GridCell, ink_on
from . import frame
from .drawings import drawing_html

FORMULA_HEADER = re.compile(r"(?<=<th)([^>]*><math)((?:(?!</math>).)*)(?=</math></th>)", re.S)
TABLE = re.compile(r"<(/?)table\b[^>]*>")
SPREAD = re.compile(r"\((?=[^()<]*\d)[^()<]{1,30}\)")  # "(98.9–99.9 %)", which must not break
LOG = logs.Room(width=100, head=400, tail=100, line_head=30, line_tail=10)


def render_html(chapters: list[Chapter], meta: ReportMeta, bibliography: str = "", pdf: str = "") -> str:
    """One self-contained page of all chapters, which cite from a `bibliography` in BibTeX; the same text for the same
    input. `pdf` is a file beside it to link to.

    Raise LabError for what the author must mend: a figure without caption or alt text, a reference to nothing.
    """
    return write_html(read_chapters(chapters, meta, bibliography), pdf)


def write_html(document: Document, pdf: str = "") -> str:
    """The page of a document that was just read; its doubts are complete then."""
    target = HtmlTarget(document.meta.words)
    composition = compose(document, target)
    sections = [target.section(section, document) for section in document.sections]
    body = "\n".join([target.summary(document), *sections])
    return frame.whole_page(document, composition.headings, body + notes_section(composition, target.words), pdf)


class HtmlTarget:
    """How things are written in HTML."""

    writer = raw = "html5"
    table_width = None  # it scrolls

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        self.n_regions = 0
        self.n_drawings = 0

    def markup(self, formulas: list[Formula]) -> dict[Formula, str | None]:
        return convert.to_mathml(formulas)

    def formula(self, formula: Formula, markup: str | None, number: str, anchor: str) -> str:
        display, tex = formula
        element = markup or convert.tex_in_html(tex)
        if not display:
            return element
        element = element.replace("<math", '<math tabindex="0"', 1)  # a wide equation scrolls, by keyboard too
        identity = f' id="{escape(anchor)}"' if anchor else ""
        mark = f'<span class="number">({escape(number)})</span>' if number else ""
        return f'<span class="equation"{identity}>{element}{mark}</span>'

    def picture(self, picture: Picture | Missing, alt: str, width: str) -> str:
        if isinstance(picture, Missing):
            text = f"{self.words['missing_image']}: {picture.address}"
            return f'<span class="missing">[{escape(text)}]</span>'
        drawing = picture.drawing()
        if drawing and not width:
            self.n_drawings += 1
            if element := drawing_html(drawing, f"d{self.n_drawings}-", alt):
                return element
        style = f' style="width:{width}"' if width else ""
        return f'<img src="{picture.for_screen()}" alt="{escape(alt)}"{style}>'

    def in_cell(self, picture: str, n_columns: int) -> str:
        return picture  # a table scrolls

    def figure(self, picture: Picture | Missing, alt: str, width: str, number: int, anchor: str) -> tuple[str, str]:
        label = f"<b>{self.words['figure']}&nbsp;{number}</b> "
        image = self.picture(picture, alt, width)
        if isinstance(picture, Picture):  # which can be enlarged
            image = f'<div class="picture">{image}</div>'
        return f'<figure id="{escape(anchor)}">{image}<figcaption>{label}', "</figcaption></figure>"

    def listing(self, source: str, language: str) -> str:
        return f'<div class="listing"><pre tabindex="0"><code>{highlight(source, language)}</code></pre></div>'

    def heading(self, number: str, depth: int) -> tuple[int, list[Node]]:
        mark = {"t": "RawInline", "c": ["html", f'<span class="number">{number}</span> ']}
        return depth + 1, [mark] if number else []

    def place(self, anchor: str) -> str:
        return f'<span id="{escape(anchor)}"></span>'

    def direction(self, direction: str, block: bool) -> tuple[str, str]:
        tag = "div" if block else "span"
        return f'<{tag} dir="{direction}">', f"</{tag}>"

    def fold(self, is_open: bool) -> tuple[str, str, str]:
        return f"<details{' open' if is_open else ''}><summary>", "</summary>", "</details>"

    def footnote(self, number: int) -> str:
        return f'<sup class="note" id="fnref-{number}"><a href="#fn-{number}">{number}</a></sup>'

    def text(self, text: str) -> list[Node]:
        return [{"t": "Str", "c": text}]  # the style sheet breaks long words

    def finished(self, fragment: Fragment) -> list[Node]:
        return fragment.tree

    def summary(self, document: Document) -> str:
        """A table of what was found."""
        if not document.findings:
            return ""
        names = ("question", "found", "section")
        head = "".join(f'<th scope="col">{self.words[name]}</th>' for name in names)
        rows = [
            f"<tr><td>{inline(finding.question.written)}</td><td>{inline(finding.found.written)}</td>"
            f'<td><a href="#{escape(finding.anchor)}">{finding.number}</a></td></tr>'
            for finding in document.findings
        ]
        title = self.words["summary"]
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        return f'<section class="summary"><h2>{title}</h2>{self.region(title, "", table)}</section>'

    def section(self, section: Section, document: Document) -> str:
        headings = [heading.written for heading in document.headings(section)]
        blocks = []
        for block in section.blocks:
            with at(block.where or section.name):
                blocks.append(self.block(block))
        body = "\n".join([*headings, *blocks])
        return f'<section class="chapter">{body}\n</section>'

    def block(self, block: Block) -> str:
        match block:
            case Prose(fragment):
                return self.scrolling_tables(fragment.written)
            case Code(source, shown):
                return self.folded(source, shown)
            case Log(text, kind):
                return self.log(text, kind)
            case Figure():
                before, after = self.figure(block.picture, block.alt, block.picture.width, block.number, block.anchor)
                return before + inline(block.caption.written) + after
            case TableBlock():
                return self.table(block)
            case PlainPicture(picture, alt):
                return f'<figure><div class="picture">{self.picture(picture, alt, picture.width)}</div></figure>'
            case NotShown(what, name):
                return f'<p class="missing">[{self.words[name]}: {escape(what)}]</p>'
            case Fold(begins):
                name = self.words["output"]
                return f'<details class="folded"><summary>{name}</summary>' if begins else "</details>"
            case References(entries):
                items = "".join(f'<li id="{escape(anchor)}">{entry.written}</li>' for anchor, entry in entries)
                return f'<ul class="references">{items}</ul>'

    def folded(self, source: str, shown: bool) -> str:
        lines = highlight(source, "python")
        return (
            f'<details class="code"{" open" if shown else ""}><summary>{self.words["code"]}</summary>'
            f'<pre tabindex="0"><code>{lines}</code></pre></details>'
        )

    def log(self, text: str, kind: str) -> str:
        name = self.words.get(kind, self.words["output"])
        return (
            f'<div class="log {escape(kind)}" role="group" aria-label="{name}" tabindex="0">'
            f"<pre>{escape(logs.shorten(text, LOG))}</pre></div>"
        )

    def region(self, label: str, anchor: str, table: str) -> str:
        """A table in a frame of its own, which scrolls (by keyboard too) when the table is wider than the page."""
        self.n_regions += 1
        identity = f' id="{escape(anchor)}"' if anchor else ""
        return (
            f'<div class="table"{identity} role="region" aria-label="{label or self.next_region()}" tabindex="0">'
            f"{FORMULA_HEADER.sub(with_name, table)}</div>"
        )

    def next_region(self) -> str:
        return f"{self.words['output']} {self.n_regions}"

    def scrolling_tables(self, written: str) -> str:
        """The text with each of its tables in a frame; those in the cells of another are a part of it."""
        pieces, start, depth = [], 0, 0
        for tag in TABLE.finditer(written):
            opens = not tag[1]
            depth += 1 if opens else -1
            if depth == int(opens):
                end = tag.start() if opens else tag.end()
                pieces.append(written[start:end])
                start = end
        pieces.append(written[start:])
        headed = [piece.replace("<th ", '<th scope="col" ').replace("<th>", '<th scope="col">') for piece in pieces]
        return "".join(self.region("", "", piece) if i % 2 else piece for i, piece in enumerate(headed))

    def table(self, block: TableBlock) -> str:
        caption = label = ""
        if block.caption:
            label = f"{self.words['table']} {block.number}"
            number = f"<b>{label.replace(' ', '&nbsp;')}</b>"
            caption = f"<caption><span>{number} {inline(block.caption.written)}</span></caption>"
        table = block.table
        rows = ["".join(cell_html(cell, table) for cell in row) for row in table.rows()]
        best = {cell.row for cell in table.cells if cell.best}
        lines = [f"<tr{' class=best' if i in best else ''}>{row}</tr>" for i, row in enumerate(rows)]
        head = f"<thead>{''.join(lines[: table.n_head])}</thead>" if table.n_head else ""
        body = f"<tbody>{''.join(lines[table.n_head :])}</tbody>"
        wraps = " class=wraps" if table.wraps else ""
        return self.region(label, block.anchor, f"<table{wraps}>{caption}{head}{body}</table>")


def with_name(formula: re.Match) -> str:
    """A formula that is alone in a header, with a name: those who listen hear no MathML there."""
    name = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", formula[2].partition(">")[2], flags=re.S)
    return f'{formula[1]} role="math" aria-label="{name}"{formula[2]}'


def cell_html(cell: GridCell, table: Grid) -> str:
    in_head = cell.row < table.n_head
    is_header = (in_head or cell.is_header) and bool(cell.text)  # an empty header says nothing to a screen reader
    attributes = [f'{name}="{n}"' for name, n in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if n > 1]
    if is_header:
        scope = "col" if in_head else "row"
        group = cell.colspan > 1 if in_head else cell.rowspan > 1
        attributes.append(f'scope="{scope}{"group" if group else ""}"')
    classes = ["n"] if cell.colspan == 1 and table.numeric[cell.column] else []
    classes += ["first"] if cell.column == 0 else []  # it stays while the others are scrolled
    if classes:
        attributes.append(f'class="{" ".join(classes)}"')
    if cell.background or cell.color:
        ink = cell.color or ink_on(cell.background)
        paper = f";background:{cell.background}" if cell.background else ""
        attributes.append(f'style="color:{ink}{paper}"')
    tag = "th" if is_header else "td"
    content = inline(cell.prose.written) if cell.prose else escape(cell.text)
    content = SPREAD.sub(r"<span class=k>\g<0></span>", content)
    return f"<{' '.join([tag, *attributes])}>{content}</{tag}>"


def inline(written: str) -> str:
    """A fragment of one paragraph without the paragraph's tags."""
    match = re.fullmatch(r"<p>(.*)</p>", written, re.S)
    return match[1] if match and "<p>" not in match[1] else written


def notes_section(composition: Composition, words: dict[str, str]) -> str:
    if not composition.notes:
        return ""
    items = [
        f'<li id="fn-{i}">{note.written} <a href="#fnref-{i}" aria-label="{words["back"]}">↩</a></li>'
        for i, note in enumerate(composition.notes, 1)
    ]
    return f'<section class="notes" aria-label="{words["notes"]}"><ol>{"".join(items)}</ol></section>'


def highlight(source: str, language: str) -> str:
    """Source as HTML with the page's colors; plain text for a language that is not known."""
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    return color(source, lexer, HtmlFormatter(nowrap=True, classprefix="t-")).rstrip("\n")
