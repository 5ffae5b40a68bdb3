"""Tables in Typst's markup: what is too wide is split into parts, and long texts are broken into lines."""

from ..document import TableBlock
from ..tables.grid import Grid, GridCell, ink_on
from ..tables.widths import LONGEST_WORD, MOST_WIDTH, SPACE, shared_widths, split, width_of, widths_of
from .text import as_content, breakable, string

TABLE_WIDTH = 115  # characters of a table that fit the page with its margins
MOST_LINES = 30  # of a table that stays on one page


def set_table(block: TableBlock) -> str:
    """A table in Typst's markup, in parts if it is too wide for the page; numbered if it has a caption."""
    if block.table.wraps:
        body = f"lab.dense({grid_typst(block.table)})"
    else:
        parts = split(block.table, TABLE_WIDTH)
        body = f"lab.stacked(({''.join(f'{grid_typst(part)}, ' for part in parts)}))"
    whole = str(printed_lines(block.table) <= MOST_LINES and not block.table.wraps).lower()
    if not block.caption:
        return f"#lab.bare-table({body}, breakable: not {whole})"
    options = f"caption: [{block.caption.written}], floats: {whole}"
    return f"#lab.numbered-table({body}, {options}) #label({string(block.anchor)})"


def printed_lines(table: Grid) -> int:
    """Estimated lines of a table, where long texts are broken; a picture may take a page."""
    rows = [
        [MOST_LINES * ("<img" in cell.html) + width_of(cell.text) // MOST_WIDTH for cell in row] for row in table.rows()
    ]
    return sum(1 + max(row, default=0) for row in rows)


def grid_typst(table: Grid) -> str:
    """(columns, alignments, header cells, body cells) for the template."""
    head: list[str] = []
    body: list[str] = []
    for number, row in enumerate(table.rows()):
        in_head = number < table.n_head
        if not in_head and row and row[0].is_header and row[0].colspan == table.n_columns:
            title = f"table.cell(colspan: {table.n_columns}, inset: (top: 0.9em))[#strong[{content_typst(row[0])}]]"
            body.append(f"table.header(level: 2, {title})")  # the next page has it again, and no page ends with it
            continue
        (head if in_head else body).extend(cell_typst(cell, in_head, table.wraps) for cell in row)
        if number < table.n_head - 1:  # a thin rule under each group of columns
            head += [
                f"table.hline(start: {cell.column}, end: {cell.columns.stop}, stroke: lab.hairline)"
                for cell in row
                if cell.colspan > 1 and cell.text
            ]
    align = "".join("right, " if numeric else "left, " for numeric in table.numeric)
    cells = [f"({''.join(f'{cell}, ' for cell in part)})" for part in (head, body)]
    return f"({columns_typst(table)}, ({align}), {', '.join(cells)})"


def columns_typst(table: Grid) -> str:
    """The number of columns, or, where texts are broken into lines, a width for each: all of the page is used then."""
    widths = shared_widths(table, TABLE_WIDTH)
    if not widths:
        return str(table.n_columns)
    broken = [width < SPACE + max(widths_of(table, column)) for column, width in enumerate(widths)]
    sizes = [f"{width}fr" if is_broken else "auto" for width, is_broken in zip(widths, broken, strict=True)]
    return f"({', '.join(sizes)},)"


def cell_typst(cell: GridCell, in_head: bool, in_texts: bool) -> str:
    """A cell; what names a row is bold, but not in a table of texts."""
    options = [f"{name}: {n}" for name, n in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if n > 1]
    if in_head and cell.colspan > 1:
        options.append("align: center")
    if cell.background or cell.best:
        options.append(f'fill: rgb("{cell.background}")' if cell.background else "fill: lab.best")
    content = content_typst(cell)
    if cell.color or cell.background:
        content = f'#text(fill: rgb("{cell.color or ink_on(cell.background)}"))[{content}]'
    if cell.text and (in_head or (cell.is_header and not in_texts) or cell.best):
        content = f"#strong[{content}]"
    return f"table.cell({', '.join(options)})[{content}]" if options else f"[{content}]"


def content_typst(cell: GridCell) -> str:
    return cell.prose.written if cell.prose else as_content(breakable(cell.text, LONGEST_WORD))
