"""Tables in Typst's markup: what is too wide is split into parts, and long texts are broken into lines."""

from ..document import TableBlock
from ..grid import Grid, GridCell, ink_on, split
from .text import breakable, string

WRAP_WIDTH = 18  # characters at which a column of texts is broken
TABLE_WIDTH = 115  # characters of a table that fit the page with its margins
MOST_ROWS = 30  # of a table that stays on one page


def set_table(block: TableBlock) -> str:
    """A table in Typst's markup, in parts if it is too wide for the page; numbered if it has a caption."""
    if block.table.wraps:
        body = f"lab.wrapped({grid_typst(block.table)})"
    else:
        parts = split(block.table, TABLE_WIDTH)
        body = f"lab.stacked(({''.join(f'{grid_typst(part)}, ' for part in parts)}))"
    if not block.caption:
        return f"#lab.bare-table({body})"
    floats = str(block.table.n_rows <= MOST_ROWS and not block.table.wraps).lower()
    options = f"caption: [{block.caption.written}], floats: {floats}"
    return f"#lab.numbered-table({body}, {options}) #label({string(block.anchor)})"


def grid_typst(table: Grid) -> str:
    """(columns, alignments, header cells, body cells) for the template."""
    head: list[str] = []
    body: list[str] = []
    for number, row in enumerate(table.rows()):
        in_head = number < table.n_head
        (head if in_head else body).extend(cell_typst(cell, in_head) for cell in row)
        if number < table.n_head - 1:  # a thin rule under each group of columns
            head += [
                f"table.hline(start: {cell.column}, end: {cell.columns.stop}, stroke: lab.hairline)"
                for cell in row
                if cell.colspan > 1 and cell.text
            ]
    widths = ", ".join([*(wrapped_width(table, column) for column in range(table.n_columns - 1)), "1fr"])
    columns = f"({widths})" if table.wraps else str(table.n_columns)
    align = "".join("right, " if numeric else "left, " for numeric in table.numeric)
    cells = [f"({''.join(f'{cell}, ' for cell in part)})" for part in (head, body)]
    return f"({columns}, ({align}), {', '.join(cells)})"


def wrapped_width(table: Grid, column: int) -> str:
    """The width of a column of texts: what they need, up to where they are broken between words."""
    texts = [cell.text for cell in table.cells if cell.column == column and " " in cell.text]
    return f"{WRAP_WIDTH / 2}em" if max(map(len, texts), default=0) > WRAP_WIDTH else "auto"


def cell_typst(cell: GridCell, in_head: bool) -> str:
    options = [f"{name}: {n}" for name, n in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if n > 1]
    if in_head and cell.colspan > 1:
        options.append("align: center")
    if cell.background or cell.best:
        options.append(f'fill: rgb("{cell.background}")' if cell.background else "fill: lab.best")
    content = cell.prose.written if cell.prose else f"#text({string(breakable(cell.text, 28))})"
    if cell.color or cell.background:
        content = f'#text(fill: rgb("{cell.color or ink_on(cell.background)}"))[{content}]'
    if cell.text and (in_head or cell.is_header or cell.best):
        content = f"#strong[{content}]"
    return f"table.cell({', '.join(options)})[{content}]" if options else f"[{content}]"
