"""A notebook as a file holds it: JSON, whose shape is checked before anything looks into it."""

import json
from pathlib import Path
from typing import Any

from labkit.errors import LabError, shown

CELL_TYPES = ("code", "markdown", "raw")


def load_notebook(path: Path, file: str) -> dict[str, Any]:
    """The JSON of a notebook of format 4. Raise LabError, which calls it `file`, if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise LabError(f"{file} is not a notebook that can be read: {error}") from None
    if not isinstance(content, dict) or content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise LabError(f"{file} is not a notebook of format 4: open and save it in JupyterLab")
    if not isinstance(content.setdefault("metadata", {}), dict):
        raise LabError(f"{file} is damaged: its metadata must be a table; got {shown(content['metadata'])}")
    content.setdefault("nbformat_minor", 0)
    for number, cell in enumerate(content["cells"], start=1):
        if problem := problem_of(cell):
            raise LabError(f"{file} is damaged in cell {number}: {problem}; write the cell anew, or restore the file")
    return content


def problem_of(cell: Any) -> str:
    """What is wrong with the shape of a cell, in words; an empty text if nothing is."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        return f"its type must be one of {', '.join(CELL_TYPES)}"
    source = cell.get("source")
    if not isinstance(source, str) and not are_texts(source):
        return "its source must be a text or lines of text"
    if not isinstance(cell.setdefault("metadata", {}), dict) or not are_texts(cell["metadata"].get("tags", [])):
        return "its tags must be a list of texts"
    return ""


def are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
