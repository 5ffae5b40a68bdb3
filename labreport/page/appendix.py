"""The appendix of a report: the parameters that each notebook was run with, one table a notebook."""

from collections.abc import Sequence
from pathlib import Path

from ..project.parameter_table import Row, rows_of_run
from .document import Chapter, Fragment, Prose, ReportMeta, Section, TableBlock
from .grid import Grid, GridCell

NAME = "appendix-parameters"
COLUMNS = ("name", "type", "default", "value", "range", "meaning")


def parameters_appendix(chapters: Sequence[Chapter], titles: Sequence[Fragment], meta: ReportMeta) -> Section | None:
    """The appendix after `chapters`, whose headings are `titles`; None if no notebook has parameters."""
    words = meta.words

    def fragment(text: str) -> Fragment:
        return Fragment(text, len(chapters), NAME)

    tables = []
    for chapter, title in zip(chapters, titles, strict=True):
        if rows := rows_of_run(chapter.notebook, chapter.name):
            caption = words["parameters_of"].format(title=title.text.removeprefix("# "), notebook=chapter.name)
            tables.append(TableBlock(parameters_table(rows, words), fragment(caption), ""))
    if not tables:
        return None
    blocks = [Prose(fragment(words["parameters_note"])), *tables]
    title = fragment(f"# {words['parameters']}")
    return Section(NAME, Path(), words["parameters"], title, blocks, appendix=True)


def parameters_table(rows: Sequence[Row], words: dict[str, str]) -> Grid:
    """The rows as a table whose cells wrap; a row with a value that is not the default is set off."""
    head = [GridCell(words[f"parameter_{column}"], 0, i, is_header=True) for i, column in enumerate(COLUMNS)]
    body = [
        GridCell(getattr(row, column), i, j, is_header=column == "name", best=row.changed)
        for i, row in enumerate(rows, start=1)
        for j, column in enumerate(COLUMNS)
    ]
    table = Grid([*head, *body], n_head=1, n_rows=len(rows) + 1, n_columns=len(COLUMNS), wraps=True)
    table.numeric = [False] * len(COLUMNS)  # a column of numbers in one notebook holds texts in the next
    return table
