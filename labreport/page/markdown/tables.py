"""Tables in a text: the sides and widths of their columns, and parts of one that is wider than the page."""

from dataclasses import dataclass, field, replace

from ..pandoc import Node, plain_text
from ..tables.grid import Grid, GridCell
from ..tables.widths import LONGEST_WORD, WORD, shared_widths, split


@dataclass
class TableCell(GridCell):
    """A cell of a table of pandoc's, its text, and the column of the whole table that it stands in."""

    node: list = field(default_factory=list)
    whole: str = ""
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
    return [table_of(part, aligned, width) for part in parts]


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
            cells.append(TableCell(text, r, column, rowspan, colspan, node=node, whole=text, origin=column))
            taken |= {(r + i, column + j) for i in range(rowspan) for j in range(colspan)}
            column += colspan
    return Grid(cells, n_head, len(rows), n_columns)


def narrowest(table: Grid) -> Grid:
    """The table with the longest word in the place of each text; its first column names the rows if it has no title."""
    named = not any(cell.text for cell in table.cells if cell.row < table.n_head and cell.column == 0)
    cells = []
    for cell in table.cells:
        word = max(WORD.findall(cell.text), key=len, default="")[:LONGEST_WORD]
        text = cell.text if table.numeric[cell.column] else word
        cells.append(replace(cell, text=text, is_header=named and cell.column == 0))
    return Grid(cells, table.n_head, table.n_rows, table.n_columns)


def table_of(part: Grid, aligned: list[Node], width: int | None) -> Node:
    """Pandoc's table of a part, without what the tags of HTML say of it: pandoc would write that into styles, and a
    `typst:` of an attribute as code."""
    origins = [0] * part.n_columns
    for cell in part.cells:
        if cell.colspan == 1:
            origins[cell.column] = cell.origin
    columns = [[aligned[origin], one] for origin, one in zip(origins, widths_in(part, width), strict=True)]
    none: list = ["", [], []]
    rows = [[none, [[none, *cell.node[1:3], cell.colspan, cell.node[4]] for cell in row]] for row in part.rows()]
    head, body = [none, rows[: part.n_head]], [none, 0, [], rows[part.n_head :]]
    return {"t": "Table", "c": [none, [None, []], columns, head, [body], [none, []]]}


def widths_in(part: Grid, width: int | None) -> list[Node]:
    """Pandoc's widths of the columns of a part."""
    cells = [replace(cell, text=cell.whole) for cell in part.cells]
    widths = shared_widths(replace(part, cells=cells), width) if width else None
    if not widths:
        return [{"t": "ColWidthDefault"}] * part.n_columns
    return [{"t": "ColWidth", "c": one / sum(widths)} for one in widths]
