"""marks.csv: what the assistant gives for each bundle. The class page writes it, and the next `verify` reads it.

A row a bundle: bundle, student_id, author, mark, comment, and for each answer `01_first/id-3 mark` and `… comment`.
"""

from collections.abc import Mapping
from pathlib import Path

from labkit.errors import LabError

from ..project.spreadsheet import read_spreadsheet
from .listing import WHO, from_harmless

MARKS = "marks.csv"
MARK, COMMENT = "mark", "comment"
Row = Mapping[str, str]  # by column


def read_marks(path: Path) -> list[Row]:
    """The rows of a file, none where there is no file. Raise LabError where it is not one that the page wrote."""
    if not path.exists():
        return []
    rows = [row for _, row in read_spreadsheet(path)]
    head = rows[0] if rows else []
    if missing := [name for name in (*WHO, MARK, COMMENT) if name not in head]:
        raise LabError(f"{path} has no column {missing[0]!r}: the page of a class writes such a file, with its button")
    kept = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(head):
            raise LabError(f"{path}, row {number}: {len(row)} cells, and the first row has {len(head)}")
        kept.append({name: from_harmless(cell) for name, cell in zip(head, row, strict=True)})
    return kept
