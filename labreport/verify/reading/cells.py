"""An executed notebook as plain data: its cells, and of each output what can be compared."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from labkit.tables.table import csv_name

from ...build.freshness import sha256
from ...page.outputs.html import read_html
from ...page.tables.grid import Grid
from ...project.texts import joined

LARGEST_DRAWING = 3_000_000  # characters of an SVG
LARGEST_GRID = 200_000  # cells of a table; a larger one is compared as text alone


@dataclass(frozen=True)
class Output:
    """An output: a table with its texts in rows, a figure with the hash of each format, or a text.

    `sha` is that of all it holds. `text` is what a reader sees of it beside table and figure, captions included.
    """

    kind: str  # table | figure | text | error
    sha: str
    text: str
    label: str = ""
    csv: str = ""  # the name of the file of its numbers, as "results.csv"
    n_head: int = 0
    grid: list[list[str]] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    drawing: str = ""  # the SVG of a figure


@dataclass(frozen=True)
class ExecutedCell:
    """A cell; `attached` is the hash of the pictures attached to its text, if there are any."""

    id: str
    kind: str  # code | markdown | raw
    source: str
    tags: list[str]
    outputs: list[Output]
    attached: str = ""

    @classmethod
    def of_dict(cls, row: dict) -> "ExecutedCell":
        return cls(**row | {"outputs": [Output(**output) for output in row["outputs"]]})

    def as_dict(self) -> dict:
        return asdict(self)


def read_cells(notebook: Mapping[str, Any]) -> list[ExecutedCell]:
    """The cells of a notebook whose types were checked."""
    return [
        ExecutedCell(
            id=cell["id"],
            kind=cell["cell_type"],
            source=joined(cell["source"]),
            tags=list(cell["metadata"].get("tags", [])),
            outputs=[read_output(output) for output in cell.get("outputs", [])],
            attached=sha256(json.dumps(cell["attachments"], sort_keys=True)) if cell.get("attachments") else "",
        )
        for cell in notebook["cells"]
    ]


def read_output(output: Mapping[str, Any]) -> Output:
    sha = sha256(json.dumps(output, sort_keys=True))
    if output["output_type"] == "stream":
        return Output("text", sha, joined(output["text"]))
    if output["output_type"] == "error":
        return Output("error", sha, f"{output['ename']}: {output['evalue']}")
    data, report = output["data"], output["metadata"].get("report", {})
    words = {name: report[name] for name in ("caption", "alt", "label") if isinstance(report.get(name), str)}
    told = "\n".join([words.get("caption", ""), words.get("alt", "")]).strip()
    label = words.get("label", "")
    pictures = {mime: sha256(joined(content)) for mime, content in data.items() if mime.startswith("image/")}
    if pictures:
        drawing = joined(data.get("image/svg+xml", ""))[:LARGEST_DRAWING]
        return Output("figure", sha, told, label, pictures=pictures, drawing=drawing)
    if "<table" in joined(data.get("text/html", "")):
        pieces = read_html(joined(data["text/html"]), "").pieces
        tables = [piece for piece in pieces if isinstance(piece, Grid)]
        rest = "\n".join(piece for piece in pieces if isinstance(piece, str))
        csv = csv_name(words.get("label"), words.get("caption", "")) if report.get("kind") == "table" else ""
        # several tables in one output have no CSV and are put below each other
        grid = [row for table in tables for row in texts_by_row(table)]
        n_head = tables[0].n_head if tables else 0
        return Output("table", sha, f"{told}\n{rest}".strip(), label, csv, n_head, grid)
    for mime in ("text/markdown", "text/html", "text/latex", "text/plain"):
        if mime in data:
            return Output("text", sha, joined(data[mime]))
    return Output("text", sha, "")


def texts_by_row(table: Grid) -> list[list[str]]:
    """The texts of a table by row and column; a cell that spans several is repeated."""
    if table.n_rows * table.n_columns > LARGEST_GRID:
        return [[cell.text for cell in table.cells]]
    grid = [[""] * table.n_columns for _ in range(table.n_rows)]
    for cell in table.cells:
        for row in grid[cell.row : cell.row + cell.rowspan]:
            row[cell.column : cell.columns.stop] = [cell.text] * cell.colspan
    return grid
