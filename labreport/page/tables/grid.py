"""HTML tables (pandas' DataFrame and Styler, and labkit's own) as cells on a grid, for both back ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

NUMBER = re.compile(
    r"[-+−]?(\d[\d,]*\.?\d*|\.\d+)(e[-+]?\d+)?\s?%?(\s*±\s*[\d.e+-]+)?|nan|NaN|[-−+]?inf|<NA>|—|-|\.\.\.|…|"
)
# Elements that make a cell more than a text.
RICH = [
    *("img", "a", "ul", "ol", "dl", "p", "div", "pre", "blockquote", "table", "hr", "br", "math", "code"),
    *("b", "strong", "i", "em", "u", "s", "del", "sub", "sup"),
]
PARTS = (["thead", "tbody", "tfoot"], ["tr"], ["td", "th"])
COLOR = re.compile(r"(?<![-\w])(background-color|color):\s*(#[0-9a-fA-F]{6})\b")


@dataclass
class GridCell:
    """One cell at (row, column), both counted from 0 with the header's rows first."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    is_header: bool = False
    best: bool = False
    color: str | None = None
    background: str | None = None
    html: str = ""  # where it is more than a text: pictures, links, lists
    prose: object = None  # the Fragment of what is more than a text, set by the reader of the notebook

    @property
    def columns(self) -> range:
        return range(self.column, self.column + self.colspan)


@dataclass
class Grid:
    """Cells in reading order; the first `n_head` rows are the header.

    A long table of short texts `wraps`: it takes the width of the page, and its rows stand closer.
    """

    cells: list[GridCell]
    n_head: int
    n_rows: int
    n_columns: int
    caption: str = ""
    wraps: bool = False
    numeric: list[bool] = field(init=False)  # by column: all cells of the body are numbers

    def __post_init__(self) -> None:
        texts: list[list[str]] = [[] for _ in range(self.n_columns)]
        for cell in self.cells:
            if cell.row >= self.n_head and cell.colspan == 1 and not cell.is_header:
                texts[cell.column].append(cell.text)
        self.numeric = [bool(column) and all(map(NUMBER.fullmatch, column)) for column in texts]

    def rows(self) -> Iterator[list[GridCell]]:
        """The cells that start in each row, from the first row to the last."""
        for row in range(self.n_rows):
            yield [cell for cell in self.cells if cell.row == row]

    def n_index(self) -> int:
        """Number of leading columns that hold nothing but headers, as the index of a DataFrame does."""
        body = [cell for cell in self.cells if cell.row >= self.n_head]
        data = [cell.column for cell in body if not cell.is_header]
        return min(data, default=self.n_columns)


def styles_by_id(soup) -> dict[str, str]:
    """Declarations by cell id: a Styler writes its colors into a <style> before the table."""
    found = {}
    for style in soup.find_all("style"):
        for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", style.get_text()):
            for selector in selectors.split(","):
                if selector.strip().startswith("#"):
                    found[selector.strip()[1:]] = declarations
    return found


def read_grid(element, styles: dict[str, str]) -> Grid:
    """The cells of a <table> that was put in order; a table inside one of them is a part of its HTML."""
    rows = rows_in(element)
    n_head = len([row for row in rows if row.find_parent("thead")])
    rows.sort(key=lambda row: row.find_parent("thead") is None)  # stable; the header comes first
    taken: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(rows):
        column = 0
        best = "best" in (row.get("class") or [])
        for item in cells_of(row):
            while (r, column) in taken:
                column += 1
            limit = n_head if r < n_head else len(rows)
            rowspan = min(span_of(item, "rowspan"), limit - r)
            html = item.decode_contents() if item.find(RICH) else ""
            cell = GridCell(
                text_of(item), r, column, rowspan, span_of(item, "colspan"), item.name == "th", best, html=html
            )
            cell.background, cell.color = colors_of(item, styles)
            taken |= {(r + i, c) for i in range(rowspan) for c in cell.columns}
            cells.append(cell)
            column += cell.colspan
    n_columns = max((cell.columns.stop for cell in cells), default=0)
    cells += gaps(taken, len(rows), n_columns)
    cells.sort(key=lambda cell: (cell.row, cell.column))
    caption = element.find("caption")
    return Grid(cells, n_head, len(rows), n_columns, text_of(caption) if caption else "")


def gaps(taken: set[tuple[int, int]], n_rows: int, n_columns: int) -> Iterator[GridCell]:
    """An empty cell for each stretch of a row without one: Typst would put the cells of the next row there."""
    for row in range(n_rows):
        for is_taken, columns in groupby(range(n_columns), lambda column, row=row: (row, column) in taken):
            if not is_taken:
                first, *others = columns
                yield GridCell("", row, first, colspan=1 + len(others))


def rows_in(table) -> list:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def cells_of(row) -> list:
    return row.find_all(["th", "td"], recursive=False)


def n_headers(rows: list) -> int:
    """How many rows are the header where no <thead> says it: the first one and all that its cells reach into, if they
    are of <th> alone."""
    n = r = 0
    while r < len(rows) and r <= n:
        cells = cells_of(rows[r])
        if any(cell.name == "td" for cell in cells):
            return 0
        n = max([n, *(r + span_of(cell, "rowspan") - 1 for cell in cells)])
        r += 1
    return r


def put_in_order(soup) -> None:
    """Put the rows and cells of each table beside each other, which stand inside one another where end tags are left
    out, and its header into a <thead>."""
    for table in soup.find_all("table"):
        for names in PARTS:
            last = None
            for element in table.find_all(names):
                if element.find_parent("table") is table:
                    if element.find_parent([*names, "table"]) is not table:
                        last.insert_after(element)
                    last = element
        rows = rows_in(table)
        if not rows or any(row.find_parent("thead") for row in rows):
            continue
        head = soup.new_tag("thead")
        (rows[0].find_parent("tbody") or rows[0]).insert_before(head)
        head.extend(rows[: n_headers(rows)])
        if not head.contents and not rows[0].find("td"):  # pandoc would make a head of it, and cut what reaches below
            for cell in cells_of(rows[0]):
                cell.name = "td"


def text_of(element) -> str:
    for line_break in element.find_all("br"):
        line_break.replace_with("\n")
    return " ".join(element.get_text().split())


def span_of(item, name: str) -> int:
    value = str(item.get(name, "1"))
    return min(max(int(value), 1), 1000) if value.isdecimal() else 1


def colors_of(item, styles: dict[str, str]) -> tuple[str | None, str | None]:
    declarations = styles.get(item.get("id", ""), "") + ";" + item.get("style", "")
    colors = dict(COLOR.findall(declarations))
    return colors.get("background-color"), colors.get("color")


def ink_on(background: str) -> str:
    """Black or white, whichever reads better on the background "#rrggbb": by its luminance, as WCAG defines it."""
    channels = [int(background[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return "#ffffff" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.179 else "#000000"
