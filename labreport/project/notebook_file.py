"""A notebook as a file holds it: JSON, whose shape is checked, or mended, before anything looks into it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labkit.errors import LabError, shown

from .texts import joined

CELL_TYPES = ("code", "markdown", "raw")
PYTHON = "python"
KERNELS = {"ir": "R", "julia": "Julia"}  # the language of kernels that are called by another name, or with a version
Table = dict[str, Any]


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


def language_of(notebook: Mapping[str, Any]) -> str:
    """The language that a notebook says its code is in; Python where it does not say so."""
    metadata = notebook["metadata"]
    info, kernel = table(metadata.get("language_info")), table(metadata.get("kernelspec"))
    by_kernel = KERNELS.get(as_text(kernel.get("name")).partition("-")[0])
    named = info.get("name") or kernel.get("language") or metadata.get("language") or by_kernel or PYTHON
    return PYTHON if PYTHON in as_text(named).lower() else as_text(named)


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


def in_shape(notebook: Mapping[str, Any]) -> Table:
    """A copy of a notebook of format 4, as any program may have written it, in the shape that all readers count on:
    what is missing is empty, and what is of another type than the format says is left out."""
    cells = [cell_in_shape(cell) for cell in list_of(notebook.get("cells")) if isinstance(cell, Mapping)]
    metadata = table(notebook.get("metadata"))
    for name, kind in (("kernelspec", dict), ("language_info", dict), ("language", str)):
        if not isinstance(metadata.get(name, kind()), kind):
            del metadata[name]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells}  # the first that asks for no ids


def cell_in_shape(cell: Mapping[str, Any]) -> Table:
    metadata = table(cell.get("metadata"))
    tags = metadata.get("tags")
    metadata["tags"] = texts([tags] if isinstance(tags, str) else tags)
    metadata["jupyter"] = table(metadata.get("jupyter"))
    attachments = table(cell.get("attachments"))
    return {
        **cell,
        "cell_type": cell.get("cell_type") if cell.get("cell_type") in CELL_TYPES else "raw",
        "execution_count": None,
        "source": as_text(cell.get("source")),
        "metadata": metadata,
        "attachments": {str(name): table(data) for name, data in attachments.items()},
        "outputs": [output_in_shape(one) for one in list_of(cell.get("outputs")) if isinstance(one, Mapping)],
    }


def output_in_shape(output: Mapping[str, Any]) -> Table:
    match output.get("output_type"):
        case "stream":
            return {"output_type": "stream", "name": as_text(output.get("name")), "text": as_text(output.get("text"))}
        case "error":
            trace = output.get("traceback")
            return {
                "output_type": "error",
                "ename": as_text(output.get("ename")),
                "evalue": as_text(output.get("evalue")),
                "traceback": texts([trace] if isinstance(trace, str) else trace),
            }
    metadata = table(output.get("metadata"))
    report = table(metadata.get("report"))
    metadata["report"] = {name: value for name, value in report.items() if isinstance(value, str)}
    data = {mime: content for mime, content in table(output.get("data")).items() if content is not None}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def table(value: object) -> Table:
    return {str(name): one for name, one in value.items()} if isinstance(value, Mapping) else {}


def list_of(value: object) -> list:
    return value if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [one for one in list_of(value) if isinstance(one, str)]


def as_text(value: object) -> str:
    return "" if value is None else joined(value)
