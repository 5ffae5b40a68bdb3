"""What stands at the end of a report: the program, the settings of its chapters, and how it was made."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..project.parameter_table import rows_of_run
from .document import Block, Chapter, Fragment, Prose, ReportMeta, Section, TableBlock
from .making import how_made
from .program import program
from .settings import settings_table, shared_rows

Write = Callable[[str], Fragment]  # a piece of Markdown of the appendix at hand


def appendices(chapters: Sequence[Chapter], titles: Sequence[str], meta: ReportMeta) -> list[Section]:
    """The appendices of `chapters`, which are called `titles`; only those that have something to say."""
    sections: list[Section] = []
    for name, blocks_of in APPENDICES.items():
        write = partial(Fragment, chapter=len(chapters) + len(sections), where=f"appendix-{name}")
        if blocks := blocks_of(chapters, titles, meta, write):
            title = meta.words[name]
            sections.append(Section(f"appendix-{name}", Path(), title, write(f"# {title}"), blocks, appendix=True))
    return sections


def program_blocks(chapters: Sequence[Chapter], _: Sequence[str], meta: ReportMeta, write: Write) -> list[Block]:
    """The source of the network as one listing; a chapter alone and a short report have none."""
    if len(chapters) < 2 or meta.length == "short":
        return []
    source = "\n\n".join(f"# {file}\n{pieces}" for file, pieces in program().items())
    return [Prose(write(f"{meta.words['program_note']}\n\n```python\n{source}\n```"))]


def settings_blocks(chapters: Sequence[Chapter], titles: Sequence[str], meta: ReportMeta, write: Write) -> list[Block]:
    """One table of the parameters of all chapters, as they were run; what is the same in all of them stands above.

    A short report has none."""
    if meta.length == "short":
        return []
    rows = [rows_of_run(chapter.notebook, chapter.name) for chapter in chapters]
    shared = shared_rows(rows)
    groups = [(meta.words["settings_shared"], shared)]
    groups += [(title, [row for row in found if row not in shared]) for title, found in zip(titles, rows, strict=True)]
    if not (groups := [(write(title), found) for title, found in groups if found]):
        return []
    table = settings_table(groups, meta.words)
    note = Prose(write(meta.words["settings_note"]))
    return [note, TableBlock(table, write(meta.words["settings_caption"]), "settings")]


def making_blocks(chapters: Sequence[Chapter], _: Sequence[str], meta: ReportMeta, write: Write) -> list[Block]:
    """A paragraph on versions and runs, where the build says of them."""
    return [Prose(write(how_made([chapter.runs for chapter in chapters], meta)))] if meta.command else []


APPENDICES = {"program": program_blocks, "settings": settings_blocks, "making": making_blocks}
