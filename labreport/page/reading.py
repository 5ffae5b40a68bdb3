"""Reading executed notebooks into blocks: what each tag and each output's own words ask for."""

import logging
import re
from collections.abc import Iterator, Mapping
from html import escape

from ..project.exercises import without_marks
from ..project.parameter_table import INJECTED
from ..project.places import at
from .appendix import appendices
from .document import (
    Block,
    Chapter,
    Code,
    Document,
    Fold,
    Fragment,
    Prose,
    ReportMeta,
    Section,
)
from .mathematics.delimiters import FENCED
from .outputs.forms import is_mathematics
from .outputs.reader import OutputReader, storable

log = logging.getLogger(__name__)

# banners of papermill, and what is read while a notebook is edited
NOT_PRINTED = {"papermill-error-cell-tag", "remove-cell", "prompt", "parameters", INJECTED}
TITLE = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
TOP_HEADING = re.compile(r"^ {0,3}#[ \t]", re.M)


def read_chapters(chapters: list[Chapter], meta: ReportMeta, bibliography: str = "") -> Document:
    """Read all chapters, which may cite what is in a `bibliography` in BibTeX.

    Raise LabError for a figure or table without what a reader needs to understand it."""
    readers = [ChapterReader(i, chapter, meta) for i, chapter in enumerate(chapters)]
    sections = [reader.section() for reader in readers]
    combined = len(chapters) > 1
    if combined:
        put_into_parts(sections, chapters)
    titles = [(section.own_title or section.title).text.removeprefix("# ") for section in sections]
    alone = any(chapter.alone for chapter in chapters)
    missed = [doubt for reader in readers for doubt in reader.missed]
    for sentence in [sentence for reader in readers for sentence in [*reader.uncaptioned, *reader.not_shown]]:
        log.warning(sentence)
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


class ChapterReader(OutputReader):
    """Reads one chapter of a report with this title block, and knows which cell it is at for the messages."""

    def __init__(self, index: int, chapter: Chapter, meta: ReportMeta) -> None:
        super().__init__(index, chapter.name, meta)
        self.chapter = chapter
        self.not_printed = NOT_PRINTED | ({"detail"} if meta.length == "short" else set())
        self.tags: set[str] = set()

    def section(self) -> Section:
        title = ""
        blocks: list[Block] = []
        for position, cell in enumerate(self.chapter.notebook["cells"]):
            self.where = f"{self.chapter.name}, cell {position + 1}"
            self.tags = {tag.replace("_", "-") for tag in cell["metadata"].get("tags", [])}
            if self.tags & self.not_printed:
                continue
            with at(self.where):
                source = storable(cell["source"])
                if cell["cell_type"] == "markdown" and not title and not blocks and (match := TITLE.match(source)):
                    title, source = match[1], source[match.end() :]
                found = list(self.cell(cell, source)) if source.strip() or cell["cell_type"] == "code" else []
            for block in found:
                block.where = self.where
            blocks += found
        self.where = self.chapter.name
        own_title = self.own_title(title)
        title = title or self.chapter.name
        return Section(
            name=self.chapter.name,
            path=self.chapter.path,
            root=self.chapter.root or self.chapter.path,
            plain_title=re.sub(r"[$\\*_`]", "", own_title or title),
            title=self.heading(title),
            blocks=blocks,
            own_title=self.heading(own_title) if own_title else None,
        )

    def cell(self, cell: Mapping, source: str) -> Iterator[Block]:
        """What a cell is on a page; its `source` is without the title of the chapter."""
        if cell["cell_type"] == "markdown":
            yield Prose(self.fragment(source, attachments=cell.get("attachments", {})))
        elif cell["cell_type"] == "raw":
            yield from self.raw(source, cell["metadata"])
        else:
            if source.strip() and "remove-input" not in self.tags:
                shown = "show-code" in self.tags and not self.tags & {"hide-input", "hide-cell"}
                yield Code(without_marks(source).strip("\n"), shown)
            yield from self.code_outputs(cell)

    def own_title(self, title: str) -> str:
        """What the notebook's own report is called, if its `title` stands there as the first heading of several."""
        prose = [cell for cell in self.chapter.notebook["cells"] if cell["cell_type"] == "markdown"]
        texts = [FENCED.sub("", storable(cell["source"])) for cell in prose]
        given = self.chapter.notebook.get("metadata", {}).get("title")
        if isinstance(given, str) and given.strip():
            return storable(" ".join(given.split()))
        return title if sum(len(TOP_HEADING.findall(text)) for text in texts) > 1 else ""

    def heading(self, title: str) -> Fragment:
        return self.fragment(f"# {title}")  # read as a heading: alone, "1. Basics" would be a list

    def raw(self, source: str, metadata: Mapping) -> Iterator[Block]:
        """A raw cell is read as what it says it is; else it is plain text, of which every character stays."""
        kind = metadata.get("raw_mimetype") or metadata.get("format")
        if kind == "text/markdown" or (kind == "text/latex" and is_mathematics(source)):
            yield self.prose(source)
        elif kind == "text/html":
            yield from self.html_blocks(self.read_html(source), {})
        else:
            yield Prose(self.html(f"<pre>{escape(source)}</pre>"), counts=False)

    def code_outputs(self, cell: Mapping) -> Iterator[Block]:
        """What a cell has shown, folded where JupyterLab or Jupyter Book fold it."""
        if "remove-output" in self.tags:
            return
        blocks = list(self.outputs(cell["outputs"]))
        is_hidden = cell["metadata"].get("jupyter", {}).get("outputs_hidden")
        if blocks and (is_hidden or self.tags & {"hide-output", "hide-cell"}):
            blocks = [Fold(begins=True), *blocks, Fold(begins=False)]
        yield from blocks
