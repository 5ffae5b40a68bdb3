"""What a report is made of: chapters with a title block, and their blocks of prose, code, logs, figures, tables."""

from dataclasses import dataclass, field
from pathlib import Path

from labkit.errors import choice

from ..project.labs import LENGTHS
from ..project.language import WORDS
from .pictures.picture import Picture
from .tables.grid import Grid


@dataclass
class Chapter:
    """An executed notebook; pictures are named from the folder `path`, and must lie below `root`, without which they
    lie below that folder.

    Chapters of one `part` that follow each other stand under a heading of that name. One that is written `alone` may
    name figures of the others of its lab. `runs` are its recorded runs, a line of JSON each.
    """

    name: str
    notebook: dict
    path: Path
    part: str = ""
    alone: bool = False
    runs: bytes = b""
    root: Path | None = None


@dataclass
class ReportMeta:
    """What the title block says; `date` as it is to be printed, an ISO date also goes into the PDF's data.

    A report of the `length` "short" leaves out cells tagged `detail`, and the appendices of program and settings.
    And what the last appendix says: the versions that it was `made_with`, the SHA-256 of the `engine` that trained, and
    the `command` that builds it again.
    """

    title: str
    course: str = ""
    subtitle: str = ""
    author: str = ""
    student_id: str = ""
    date: str = ""
    language: str = "en"
    length: str = "full"
    made_with: str = ""
    engine: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        choice("language", self.language, WORDS)
        choice("length", self.length, LENGTHS)

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    @property
    def is_lab(self) -> bool:
        """Whether it is the report of a lab, which must be right; a stranger's notebook is shown as it is."""
        return bool(self.command)


@dataclass
class Fragment:
    """A piece of Markdown (or HTML) on its way: `tree` is pandoc's reading of it, `written` the back end's text."""

    text: str
    chapter: int
    where: str
    attachments: dict = field(default_factory=dict)
    is_html: bool = False
    in_cell: bool = False  # of a table
    tree: list = field(default_factory=list)
    written: str = ""


@dataclass
class Placed:
    """What stands in a section: `where` is the cell that it comes from, "" for what the report adds."""

    where: str = field(default="", init=False)


@dataclass
class SummaryLine:
    """A line of the summary: a question, what was found, and number and anchor of the section where it stands."""

    question: Fragment
    found: Fragment
    number: str = ""
    anchor: str = ""


@dataclass
class Prose(Placed):
    """Paragraphs: a Markdown cell, or an output in Markdown, LaTeX or HTML. What `counts` has numbered sections
    and figures; the HTML of an output has none."""

    fragment: Fragment
    finding: SummaryLine | None = None
    counts: bool = True


@dataclass
class Code(Placed):
    """The source of a cell; `shown` by its tag, else folded in HTML and left out of the PDF."""

    source: str
    shown: bool


@dataclass
class Log(Placed):
    """Text of a stream, a result without a richer form, or a traceback."""

    text: str
    kind: str  # stdout | stderr | result | error


@dataclass
class Figure(Placed):
    picture: Picture
    alt: str
    caption: Fragment
    label: str
    number: int = 0
    anchor: str = ""


@dataclass
class PlainPicture(Placed):
    """A picture without caption and number, as strangers' notebooks show theirs."""

    picture: Picture
    alt: str


@dataclass
class TableBlock(Placed):
    """A table; `caption` is None for a bare DataFrame, which gets no number."""

    table: Grid
    caption: Fragment | None
    label: str
    number: int = 0
    anchor: str = ""


@dataclass
class References(Placed):
    """The list of what is cited: the anchor and the text of each entry."""

    entries: list[tuple[str, Fragment]]


@dataclass
class NotShown(Placed):
    """Stands in the place of an output that a page cannot show: its MIME type, and in the name of which of the words
    for what is not shown."""

    what: str
    name: str = "not_shown"


@dataclass
class Fold(Placed):
    """Where outputs that the author has hidden begin, and where they end."""

    begins: bool


Block = Prose | Code | Log | Figure | PlainPicture | TableBlock | References | NotShown | Fold


@dataclass
class Section:
    """A chapter's title, as plain text and as a heading, and its blocks. An appendix has a letter for a number.
    Its pictures are named from the folder `path`, and lie below `root`.

    `part` is the heading of a part that begins with it; within a part, the title is of `depth` 2. `own_title` is what
    the notebook's own report is called, where that is not the heading.
    """

    name: str
    path: Path
    plain_title: str
    title: Fragment
    blocks: list[Block]
    appendix: bool = False
    part: Fragment | None = None
    depth: int = 1
    own_title: Fragment | None = None
    root: Path = Path()


@dataclass
class Document:
    """`combined` from several notebooks, or of one that is written `alone`; `bibliography` is BibTeX.

    `doubts` are sentences on what its author should look at: what does not hold in this run, or is named nowhere.
    `pictures` are the files that its texts name, there or not, once it is written.
    """

    sections: list[Section]
    meta: ReportMeta
    combined: bool
    alone: bool
    bibliography: str
    doubts: list[str]
    pictures: set[Path] = field(default_factory=set)

    @property
    def findings(self) -> list[SummaryLine]:
        """The lines of the summary, which only a report of several notebooks has."""
        blocks = [block for section in self.sections for block in section.blocks]
        return [block.finding for block in blocks if isinstance(block, Prose) and block.finding and self.combined]

    @property
    def chapter_title(self) -> Fragment | None:
        """What the title block says of the only notebook of a report."""
        return None if self.combined else self.sections[0].own_title or self.sections[0].title

    def headings(self, section: Section) -> list[Fragment]:
        """The headings above the blocks of a section."""
        above = [section.part] if section.part else []
        return above if section.title is self.chapter_title else [*above, section.title]
