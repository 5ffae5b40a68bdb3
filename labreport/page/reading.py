"""Reading executed notebooks into blocks: what each tag and each output's own words ask for."""

import re
from collections.abc import Iterator

from labkit.errors import LabError

from ..project.parameter_table import INJECTED
from ..project.texts import joined, printable
from . import citations, logs, mathematics, pictures
from .appendix import appendices
from .document import (
    Block,
    Chapter,
    Code,
    Document,
    Figure,
    Fragment,
    Log,
    Prose,
    ReportMeta,
    Section,
    SummaryLine,
    TableBlock,
)
from .grid import read_grids
from .numbering import REFERENCE

# banners of papermill, and what is read while a notebook is edited
NOT_PRINTED = {"papermill-error-cell-tag", "remove-cell", "prompt", "parameters", INJECTED}
NEEDED = {
    "caption": "a caption that says what was found",
    "alt": "a description for those who cannot see it",
    "question": "the question that it answers",
}
TITLE = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
TOP_HEADING = re.compile(r"^ {0,3}#[ \t]", re.M)
# NUL and other control characters, and halves of surrogate pairs: no format can hold them.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MARKED = (re.compile(r"\$[^$\s](?:[^$]*[^$\s])?\$"), REFERENCE, citations.CITATION)  # what a cell may have set


def read_chapters(chapters: list[Chapter], meta: ReportMeta, bibliography: str = "") -> Document:
    """Read all chapters, which may cite what is in a `bibliography` in BibTeX.

    Raise LabError for a figure or table without what a reader needs to understand it."""
    not_printed = NOT_PRINTED | ({"detail"} if meta.length == "short" else set())
    readers = [ChapterReader(i, chapter, not_printed) for i, chapter in enumerate(chapters)]
    sections = [reader.section() for reader in readers]
    combined = len(chapters) > 1
    if combined:
        put_into_parts(sections, chapters)
    titles = [(section.own_title or section.title).text.removeprefix("# ") for section in sections]
    alone = any(chapter.alone for chapter in chapters)
    missed = [doubt for reader in readers for doubt in reader.missed]
    return Document([*sections, *appendices(chapters, titles, meta)], meta, combined, alone, bibliography, missed)


def put_into_parts(sections: list[Section], chapters: list[Chapter]) -> None:
    """Give the first section of each part its heading, and all of them a title one level below it."""
    above = ""
    for i, (section, chapter) in enumerate(zip(sections, chapters, strict=True)):
        if chapter.part:
            section.depth = 2
            if chapter.part != above:
                section.part = Fragment(f"# {chapter.part}", i, chapter.name)
        above = chapter.part


class ChapterReader:
    """Reads one chapter but for cells with a tag that is `not_printed`; knows which cell it is at for the messages."""

    def __init__(self, index: int, chapter: Chapter, not_printed: set[str]) -> None:
        self.index = index
        self.chapter = chapter
        self.not_printed = not_printed
        self.where = chapter.name
        self.tags: set[str] = set()
        self.missed: list[str] = []  # what was meant to be said, and does not hold in this run

    def section(self) -> Section:
        title = ""
        blocks: list[Block] = []
        for position, cell in enumerate(self.chapter.notebook["cells"]):
            self.where = f"{self.chapter.name}, cell {position + 1}"
            self.tags = set(cell["metadata"].get("tags", []))
            if self.tags & self.not_printed:
                continue
            source = storable(cell["source"])
            if cell["cell_type"] == "markdown":
                if not title and not blocks and (match := TITLE.match(source)):
                    title, source = match[1], source[match.end() :]
                if source.strip():
                    blocks.append(Prose(self.fragment(source, attachments=cell.get("attachments", {}))))
            elif cell["cell_type"] == "code":
                if source.strip() and "remove-input" not in self.tags:
                    blocks.append(Code(source.strip("\n"), "show-code" in self.tags))
                blocks.extend(self.outputs(cell["outputs"]))
        self.where = self.chapter.name
        title = title or self.chapter.name
        own_title = self.own_title(title)
        return Section(
            name=self.chapter.name,
            path=self.chapter.path,
            plain_title=re.sub(r"[$\\*_`]", "", own_title or title),
            title=self.heading(title),
            blocks=blocks,
            own_title=self.heading(own_title) if own_title else None,
        )

    def own_title(self, title: str) -> str:
        """What the notebook's own report is called, if its `title` stands there as the first heading of several."""
        prose = [cell for cell in self.chapter.notebook["cells"] if cell["cell_type"] == "markdown"]
        texts = [mathematics.FENCE.sub("", storable(cell["source"])) for cell in prose]
        given = self.chapter.notebook.get("metadata", {}).get("title")
        if isinstance(given, str) and given.strip():
            return storable(" ".join(given.split()))
        return title if sum(len(TOP_HEADING.findall(text)) for text in texts) > 1 else ""

    def heading(self, title: str) -> Fragment:
        return self.fragment(f"# {title}")  # read as a heading: alone, "1. Basics" would be a list

    def fragment(self, text: str, attachments: dict | None = None) -> Fragment:
        text = citations.marked(mathematics.as_markdown(storable(text)))
        return Fragment(text, self.index, self.where, attachments or {})

    def html(self, source: str) -> Fragment:
        return Fragment(storable(source), self.index, self.where, is_html=True)

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
                yield from self.display(output["data"], output["metadata"].get("report", {}))
        yield from logs_of(streams)

    def display(self, data: dict, report: dict) -> Iterator[Block]:
        """An output that is shown; the richest form that a report can set wins."""
        if report.get("kind") == "caption":  # what a notebook shows below a figure; the report sets it itself
            return
        if isinstance(missed := report.get("missed"), str):
            what = "what the caption says" if report.get("kind") in ("figure", "table") else "the sentence"
            self.missed.append(f"{self.where}: {what} does not hold in this run: {printable(missed, 300)}")
        data = {mime: joined(content) for mime, content in data.items()}
        if report.get("kind") == "figure" or pictures.is_picture(data):
            yield self.figure(data, report)
        elif report.get("kind") == "table" or "<table" in data.get("text/html", ""):
            yield from self.tables(data, report)
        elif "text/latex" in data and "text/html" not in data:
            yield self.prose(display_math(data["text/latex"]))
        elif "text/markdown" in data:
            prose = self.prose(data["text/markdown"])
            if report.get("kind") == "finding":
                prose.finding = self.finding(report, data["text/markdown"])
            yield prose
        elif "text/html" in data:
            yield Prose(self.html(data["text/html"]))
        elif "text/plain" in data:
            yield from log_of(data["text/plain"], "result")

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

    def figure(self, data: dict, report: dict) -> Figure:
        caption = self.required(report, "caption", "figure")
        alt = self.required(report, "alt", "figure")
        picture = pictures.from_output(data)
        if picture is None:
            formats = ", ".join(sorted(data)) or "nothing"
            raise LabError(f"{self.where}: the figure must be an SVG, PNG or JPEG image that is whole; got {formats}")
        return Figure(picture, alt, self.fragment(caption), report.get("label") or "")

    def tables(self, data: dict, report: dict) -> Iterator[Block]:
        tables, rest = read_grids(storable(data.get("text/html", "")))
        wanted = report.get("kind") == "table"
        given = self.required(report, "caption", "table") if wanted else report.get("caption") or ""
        if wanted and not tables:
            raise LabError(f"{self.where}: the table must be an HTML <table>; got {', '.join(sorted(data))}")
        for i, table in enumerate(tables):
            for cell in table.cells:
                if any(pattern.search(cell.text) for pattern in MARKED):
                    cell.prose = self.fragment(cell.text)
            caption = given if i == 0 and given else table.caption
            label = report.get("label") or ""
            yield TableBlock(table, self.fragment(caption) if caption else None, label if i == 0 else "")
        if rest:
            yield Prose(self.html(rest))


def storable(text: str | list[str]) -> str:
    """The text without characters that no format can hold."""
    return UNPRINTABLE.sub("", joined(text))


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
    shown = storable(logs.terminal_text(text))
    if shown.strip():
        yield Log(shown, kind)


def display_math(latex: str) -> str:
    """IPython writes Math objects as $\\displaystyle …$: set them on a line of their own."""
    return re.sub(r"\A\s*\$(?!\$)(?:\\displaystyle)?(.*?)(?<!\$)\$\s*\Z", r"$$\1$$", latex, flags=re.S)
