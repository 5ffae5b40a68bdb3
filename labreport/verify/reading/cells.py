"""An executed notebook as plain data: its cells, and of each output, in every form it has, what can be compared."""

import base64
import binascii
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from labkit.tables.table import csv_name

from ...build.freshness import sha256
from ...page.outputs.html import read_html
from ...page.pictures.bitmaps import READ
from ...page.tables.grid import Grid
from ...project.texts import joined, without_addresses

LARGEST_DRAWING = 3_000_000  # characters of an SVG; a larger one can only be equal
LARGEST_GRID = 200_000  # cells of a table; a larger one is compared as text alone
THUMBNAIL = 96  # pixels of the longer side
SVG = "image/svg+xml"


@dataclass(frozen=True)
class Output:
    """An output. `sha` is that of all it holds, `form` what must be the same on every machine: its type, its MIME types
    and what it says it is. `texts` are its words by where they stand; a table in HTML is in `grid`, row by row, and
    what stands around it in `texts`."""

    sha: str
    form: str
    name: str = ""  # what a person calls it: its label
    csv: str = ""  # the name of the file of its numbers, as "results.csv"
    texts: dict[str, str] = field(default_factory=dict)
    grid: list[list[str]] = field(default_factory=list)
    n_head: int = 0
    pictures: dict[str, str] = field(default_factory=dict)  # the hash of each, by MIME type
    drawing: str = ""  # the SVG
    thumbnails: dict[str, str] = field(default_factory=dict)  # of the bitmaps

    @property
    def is_figure(self) -> bool:
        return bool(self.pictures)


@dataclass(frozen=True)
class ExecutedCell:
    """A cell; `tags` are all that decides how it is shown, `attached` the hash of the pictures in its text."""

    id: str
    kind: str  # code | markdown | raw
    source: str
    tags: list[str]
    outputs: list[Output]
    attached: str = ""

    @property
    def is_code(self) -> bool:
        return self.kind == "code"

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
            tags=read_tags(cell["metadata"]),
            outputs=[read_output(output) for output in cell.get("outputs", [])],
            attached=sha256(json.dumps(cell["attachments"], sort_keys=True)) if cell.get("attachments") else "",
        )
        for cell in notebook["cells"]
    ]


def read_tags(metadata: Mapping[str, Any]) -> list[str]:
    """The tags of a cell, and what else in its metadata a page goes by."""
    jupyter = metadata.get("jupyter")
    hidden = ["outputs_hidden"] if isinstance(jupyter, dict) and jupyter.get("outputs_hidden") else []
    formats = [str(metadata[name]) for name in ("raw_mimetype", "format") if metadata.get(name)]
    return sorted({*metadata.get("tags", []), *hidden, *formats})


def read_output(output: Mapping[str, Any]) -> Output:
    kind = output["output_type"]
    sha = sha256(without_addresses(json.dumps(output, sort_keys=True)))
    if kind == "stream":
        return Output(sha, f"{kind} {output['name']}", texts={"": joined(output["text"])})
    if kind == "error":
        return Output(sha, kind, texts={"": "\n".join([output["ename"], output["evalue"], *output["traceback"]])})
    data, report = output["data"], output["metadata"].get("report", {})
    words = {name: str(value) for name, value in report.items() if name not in ("kind", "label")}
    label = str(report.get("label") or "")
    form = " ".join([kind, *sorted(data), "|", str(report.get("kind", "")), label, *sorted(words)])
    texts = words | {mime: without_addresses(joined(text)) for mime, text in data.items() if not is_picture(mime)}
    pictures = {mime: joined(content) for mime, content in data.items() if is_picture(mime)}
    grid, n_head, csv = [], 0, ""
    if "<table" in texts.get("text/html", ""):
        grid, n_head, texts["text/html"] = read_tables(texts["text/html"])
        csv = csv_name(label or None, words.get("caption", "")) if report.get("kind") == "table" else ""
    drawing = pictures.get(SVG, "")
    return Output(
        sha,
        form,
        label or csv,
        csv,
        texts,
        grid,
        n_head,
        {mime: sha256(content) for mime, content in pictures.items()},
        drawing if len(drawing) <= LARGEST_DRAWING else "",
        {mime: thumbnail(content) for mime, content in pictures.items() if mime != SVG},
    )


def is_picture(mime: str) -> bool:
    return mime.startswith("image/")


def read_tables(html: str) -> tuple[list[list[str]], int, str]:
    """The texts of the tables in an output, below each other; the rows of the first one's head; and what is around."""
    pieces = read_html(html, "").pieces
    tables = [piece for piece in pieces if isinstance(piece, Grid)]
    rows = [row for table in tables for row in texts_by_row(table)]
    rest = "\n".join(piece if isinstance(piece, str) else piece.caption for piece in pieces)
    return rows, tables[0].n_head if tables else 0, rest


def texts_by_row(table: Grid) -> list[list[str]]:
    """The texts of a table by row and column; a cell that spans several is repeated."""
    if table.n_rows * table.n_columns > LARGEST_GRID:
        return [[cell.text for cell in table.cells]]
    grid = [[""] * table.n_columns for _ in range(table.n_rows)]
    for cell in table.cells:
        for row in grid[cell.row : cell.row + cell.rowspan]:
            shown = filter(None, (cell.text, cell.html, cell.color, cell.background, cell.best and "★"))
            row[cell.column : cell.columns.stop] = [" ".join(shown)] * cell.colspan
    return grid


def thumbnail(content: str) -> str:
    """A bitmap made small, as the hexadecimal digits of its colors; "" for one that cannot be read."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(base64.b64decode(content)), formats=READ) as image:
            small = image.convert("RGB")
            small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX, reducing_gap=None)
            return small.tobytes().hex()
    except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        return ""
