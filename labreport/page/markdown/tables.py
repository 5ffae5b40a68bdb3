"""Tables in a text: how their columns are aligned, and parts of one that is wider than the page."""

import re
from dataclasses import dataclass, field, replace

from ..grid import Grid, GridCell, split
from ..pandoc import Node, plain_text

WORD = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+")  # what is not broken into lines


@dataclass
class TableCell(GridCell):
    """A cell of a table of pandoc's, and the column of the whole table that it stands in."""

    node: list = field(default_factory=list)
    origin: int = 0


def set_columns(content: list, width: int | None) -> list[Node]:
    """The table with numbers flush right and all else left, if it does not say so; in parts of at most `width`
    characters, texts broken between words."""
    _, _, columns, head, bodies, foot = content
    rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
    table = grid_of(rows, len(head[1]), len(columns))
    stated = [column[0]["t"] for column in columns]
    aligned = [
        {"t": ("AlignRight" if numeric else "AlignLeft") if name == "AlignDefault" else name}
        for name, numeric in zip(stated, table.numeric, strict=True)
    ]
    parts = split(narrowest(table), width) if width else [table]
    return [table_of(part, aligned) for part in parts]


def grid_of(rows: list, n_head: int, n_columns: int) -> Grid:
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for r, (_, nodes) in enumerate(rows):
        column = 0
        for node in nodes:
            while (r, column) in taken:
                column += 1
            _, _, rowspan, colspan, blocks = node
            text = " ".join(plain_text(blocks).split()) or "formula" * bool(blocks)  # or a picture: written already
            cells.append(TableCell(text, r, column, rowspan, colspan, node=node, origin=column))
            taken |= {(r + i, column + j) for i in range(rowspan) for j in range(colspan)}
            column += colspan
    return Grid(cells, n_head, len(rows), n_columns)


def narrowest(table: Grid) -> Grid:
    """The table with the longest word in the place of each text; its first column names the rows if it has no title."""
    named = not any(cell.text for cell in table.cells if cell.row < table.n_head and cell.column == 0)
    cells = [
        replace(
            cell,
            text=cell.text if table.numeric[cell.column] else max(WORD.findall(cell.text), key=len, default=""),
            is_header=named and cell.column == 0,
        )
        for cell in table.cells
    ]
    return Grid(cells, table.n_head, table.n_rows, table.n_columns)


def table_of(part: Grid, aligned: list[Node]) -> Node:
    """Pandoc's table of a part, without what the tags of HTML say of it: pandoc would write that into styles, and a
    `typst:` of an attribute as code."""
    origins = [0] * part.n_columns
    for cell in part.cells:
        if cell.colspan == 1:
            origins[cell.column] = cell.origin
    columns = [[aligned[origin], {"t": "ColWidthDefault"}] for origin in origins]
    none: list = ["", [], []]
    rows = [[none, [[none, *cell.node[1:3], cell.colspan, cell.node[4]] for cell in row]] for row in part.rows()]
    head, body = [none, rows[: part.n_head]], [none, 0, [], rows[part.n_head :]]
    return {"t": "Table", "c": [none, [None, []], columns, head, [body], [none, []]]}
