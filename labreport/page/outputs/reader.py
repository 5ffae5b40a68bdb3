"""Reading the outputs of a cell into blocks: the form that is shown, and what it says of itself."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape

from labkit.display import UNCAPTIONED
from labkit.errors import LabError

from ...project.exercises import UNSOLVED
from ...project.texts import joined, printable, without_addresses
from .. import citations, logs
from ..document import Block, Figure, Fragment, Log, NotShown, PlainPicture, Prose, ReportMeta, SummaryLine, TableBlock
from ..numbering import REFERENCE
from ..pictures.description import description
from ..pictures.picture import Picture, from_output
from ..tables.grid import Grid
from .forms import PLACEHOLDER, TEXT_INSTEAD, forms_in_order, interactive_form, is_mathematics
from .html import HtmlOutput, read_html

NEEDED = {
    "caption": "a caption that says what was found",
    "alt": "a description for those who cannot see it",
    "question": "the question that it answers",
}
# NUL and other control characters, and halves of surrogate pairs: no format can hold them.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MARKED = (re.compile(r"\$[^$\s](?:[^$]*[^$\s])?\$"), REFERENCE, citations.CITATION)  # what a cell may have set


class OutputReader:
    """Reads what the cell `where` has shown, in the chapter of this `index`."""

    def __init__(self, index: int, where: str, meta: ReportMeta) -> None:
        self.index = index
        self.where = where
        self.words = meta.words
        self.is_lab = meta.is_lab
        self.missed: list[str] = []  # what was meant to be said, and does not hold in this run
        self.not_shown: list[str] = []  # sentences on outputs that a page cannot hold
        self.uncaptioned: list[str] = []  # sentences on figures without a caption

    def fragment(self, text: str, attachments: dict | None = None) -> Fragment:
        return Fragment(storable(text), self.index, self.where, attachments or {})

    def html(self, source: str, in_cell: bool = False) -> Fragment:
        return Fragment(storable(source), self.index, self.where, is_html=True, in_cell=in_cell)

    def outputs(self, outputs: list[dict]) -> Iterator[Block]:
        streams: list[dict] = []
        for output in outputs:
            if output["output_type"] == "stream":
                streams.append(output)
                continue
            yield from logs_of(streams)
            streams = []
            if output["output_type"] == "error":
                trace = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
                yield from log_of(trace, "error")
            else:
                yield from self.display(output["data"], output["metadata"])
        yield from logs_of(streams)

    def display(self, data: dict, metadata: dict) -> Iterator[Block]:
        """An output in the best of its forms that a page can show. Where JupyterLab shows more than words, and there is
        no picture of it, a line says so."""
        report = metadata.get("report", {})
        if report.get("kind") == "caption":  # what a notebook shows below a figure; the report sets it itself
            return
        if isinstance(missed := report.get("missed"), str):
            what = "what the caption says" if report.get("kind") in ("figure", "table") else "the sentence"
            self.missed.append(f"{self.where}: {what} does not hold in this run: {printable(missed, 300)}")
        if isinstance(unsolved := report.get("unsolved"), str):
            self.missed.append(f"{self.where}: {UNSOLVED}: {printable(unsolved)}")
        data = {mime: without_addresses(joined(content)) for mime, content in data.items()}
        if report.get("kind") == "figure":
            yield self.figure(data, metadata)
            return
        if report.get("kind") == "table":
            yield from self.table(data, report)
            return
        lost = interactive_form(data)
        for mime in forms_in_order(data):
            blocks, missing = self.form(mime, data, metadata)
            lost = lost or missing
            if blocks:
                if lost and not mime.startswith("image/"):
                    yield self.lose(lost)
                yield from blocks
                return
        yield from self.in_words(data, lost)

    def form(self, mime: str, data: dict, metadata: dict) -> tuple[list[Block], str]:
        """The blocks of an output in one of its forms, and if there are none, what it is that a page cannot show."""
        text, report = data[mime], metadata.get("report", {})
        if mime == "application/json":
            return list(log_of(pretty(text), "result")), ""
        if mime == "text/html":
            html = self.read_html(text)
            if TEXT_INSTEAD.search(text) and "text/plain" in data:
                return [], ""
            if html.is_empty:
                return [], f"{mime} ({html.lost[0]})" if html.lost else ""
            return list(self.html_blocks(html, report)), ""
        if mime == "text/markdown":
            return [self.markdown(text, report)] if text.strip() else [], ""
        if mime == "text/latex":
            return [self.prose(display_math(text))] if text.strip() and is_mathematics(text) else [], ""
        if mime.startswith("image/"):
            picture = from_output(data, metadata)
            return ([self.plain_picture(picture, data, metadata)], "") if picture else ([], mime)
        return [] if PLACEHOLDER.fullmatch(text) else list(log_of(text, "result")), ""

    def in_words(self, data: dict, lost: str) -> Iterator[Block]:
        """An output without any form that a page can set: its source if that is a text."""
        texts = [mime for mime in data if mime.startswith("text/") and mime not in ("text/html", "text/plain")]
        if not lost and texts:
            yield from log_of(data[texts[0]], "result")
        elif lost := lost or next((mime for mime in data if not mime.startswith("text/")), ""):
            yield self.lose(lost)

    def lose(self, what: str) -> NotShown:
        name = "broken" if what.startswith("image/") else "not_shown"
        self.not_shown.append(f"{self.where}: {self.words[name]}: {printable(what)}")
        return NotShown(printable(what), name)

    def read_html(self, source: str) -> HtmlOutput:
        return read_html(storable(source), self.words["not_shown"])

    def markdown(self, text: str, report: dict) -> Prose:
        prose = self.prose(text)
        if report.get("kind") == "finding":
            prose.finding = self.finding(report, text)
        return prose

    def prose(self, text: str) -> Prose:
        return Prose(self.fragment(text))

    def finding(self, report: dict, text: str) -> SummaryLine:
        question = self.required(report, "question", "finding")
        return SummaryLine(self.fragment(question), self.fragment(text))

    def required(self, report: dict, name: str, kind: str) -> str:
        value = report.get(name)
        if not isinstance(value, str) or not value.strip():
            raise LabError(f'{self.where}: the {kind} has no {name}; give {NEEDED[name]}: {name}="…" (got {value!r})')
        return storable(value.strip())

    def figure(self, data: dict, metadata: dict) -> Figure:
        report = metadata["report"]
        caption = self.required(report, "caption", "figure")
        if caption == UNCAPTIONED:
            self.uncaptioned.append(f'{self.where}: a figure has no caption: caption="…" in its call gives it one')
        alt = self.required(report, "alt", "figure")
        picture = from_output(data, metadata)
        if picture is None:
            formats = ", ".join(sorted(data)) or "nothing"
            raise LabError(f"{self.where}: the figure must be an SVG, PNG or JPEG image that is whole; got {formats}")
        return Figure(picture, alt, self.fragment(caption), report.get("label") or "")

    def plain_picture(self, picture: Picture, data: dict, metadata: dict) -> Figure | PlainPicture:
        """A picture that no call of ours has shown. A report is handed in with captions: a draft says that one is
        missing, and how to give it."""
        if metadata.get("report", {}).get("caption"):
            return self.figure(data, metadata)
        said = description(data.get("text/plain", ""))
        lacks = "" if said else ", and the description that it lacks as well"
        self.uncaptioned.append(
            f'{self.where}: a picture has no caption: figures.show(figure, caption="…") gives it one{lacks}'
        )
        alt = printable(said) or self.words["undescribed"]
        if not self.is_lab:
            return PlainPicture(picture, alt)
        return Figure(picture, alt, self.fragment(UNCAPTIONED), "")

    def table(self, data: dict, report: dict) -> Iterator[Block]:
        """What a notebook calls a table: it has a caption."""
        self.required(report, "caption", "table")
        html = self.read_html(data.get("text/html", ""))
        if not any(isinstance(piece, Grid) for piece in html.pieces):
            raise LabError(f"{self.where}: the table must be an HTML <table>; got {', '.join(sorted(data))}")
        yield from self.html_blocks(html, report)

    def html_blocks(self, html: HtmlOutput, report: Mapping) -> Iterator[Block]:
        """Tables and what stands around them; the first one has the caption and the label of the output."""
        for what in html.lost:
            self.lose(what)
        given, label = report.get("caption") or "", report.get("label") or ""
        for piece in html.pieces:
            if isinstance(piece, str):
                yield Prose(self.html(piece), counts=False)
                continue
            for cell in piece.cells:
                if cell.html:
                    cell.prose = self.html(cell.html, in_cell=True)
                elif any(pattern.search(cell.text) for pattern in MARKED):
                    cell.prose = self.html(escape(cell.text, quote=False), in_cell=True)
            caption = given or piece.caption
            yield TableBlock(piece, self.fragment(caption.strip()) if caption else None, label)
            given = label = ""


def storable(text: str | list[str]) -> str:
    """The text without characters that no format can hold."""
    return UNPRINTABLE.sub("", joined(text))


def pretty(source: str) -> str:
    """JSON with a line for each of its values."""
    try:
        return json.dumps(json.loads(source), indent=1, ensure_ascii=False)
    except ValueError:
        return source


def logs_of(streams: list[dict]) -> Iterator[Log]:
    """Streams as they came, chunks of one stream in a row put together."""
    texts: list[tuple[str, str]] = []
    for stream in streams:
        text = joined(stream["text"])
        if texts and texts[-1][0] == stream["name"]:
            texts[-1] = (stream["name"], texts[-1][1] + text)
        else:
            texts.append((stream["name"], text))
    for name, text in texts:
        yield from log_of(text, name)


def log_of(text: str, kind: str) -> Iterator[Log]:
    # backspaces mean something here: resolve before other control characters are dropped
    shown = without_addresses(storable(logs.terminal_text(text)))
    if shown.strip():
        yield Log(shown, kind)


def display_math(latex: str) -> str:
    """IPython writes Math objects as $\\displaystyle …$: set them on a line of their own."""
    return re.sub(r"\A\s*\$(?!\$)(?:\\displaystyle)?(.*?)(?<!\$)\$\s*\Z", r"$$\1$$", latex, flags=re.S)
