"""An executed notebook as a file holds it, and how it takes up what was edited since, where no code has to run."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..project.parameter_table import INJECTED
from ..project.texts import joined
from .captions import reworded, without_words

PARAMETERS = "parameters"
EXECUTION_TAGS = (PARAMETERS, INJECTED, "raises-exception", "skip-execution")  # all others are for the pages
RUN_KEYS = ("papermill", "execution", "trusted")  # in the metadata of a cell, of the moment in which it ran

Cell = dict[str, Any]


def to_bytes(notebook: Mapping[str, Any]) -> bytes:
    """The file of a notebook, the same for equal notebooks."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def renewed(executed: bytes, content: Mapping[str, Any], given: bool) -> bytes | None:
    """The executed notebook with the texts of the notebook as it is now: what running it again would give.

    `content` is the JSON of the notebook, `given` whether it was run with parameters other than its own. None if its
    code is other than what was run, or the words of a caption are not found where they were.
    """
    notebook = json.loads(executed)
    ran = notebook["cells"]
    cells = [as_run(cell, number) for number, cell in enumerate(content["cells"], start=1)]
    after_parameters = [i for i, cell in enumerate(cells, start=1) if PARAMETERS in tags(cell)]
    if given:  # their cell is not of the author's
        added = take_injected(ran)
        own = [i for i, cell in enumerate(cells) if INJECTED in tags(cell)]
        place = [*own, *after_parameters, 0][0]
        take_injected(cells)
    if as_written(ran) != as_written(cells) and what_runs(ran) != what_runs(cells):
        return None
    for old, new in zip(of_code(ran), of_code(cells), strict=True):
        outputs = reworded(old["source"], new["source"], old["outputs"])
        if outputs is None:
            return None
        new |= {"outputs": outputs, "execution_count": old["execution_count"]}
    if given:
        cells[place:place] = added
    notebook["cells"] = cells
    return to_bytes(notebook)


def take_injected(cells: list[Cell]) -> list[Cell]:
    """Remove the first cell of given parameters, and return it, in a list that is empty if there is none."""
    found = [i for i, cell in enumerate(cells) if INJECTED in tags(cell)][:1]
    return [cells.pop(i) for i in found]


def as_run(cell: Mapping[str, Any], number: int) -> Cell:
    """A cell of a notebook in the form that a run gives it, without outputs."""
    found = dict(cell) | {"source": joined(cell["source"]), "metadata": tidy(cell["metadata"])}
    found["id"] = INJECTED if INJECTED in tags(found) else found.get("id", f"cell-{number}")
    if found["cell_type"] == "code":
        found |= {"outputs": [], "execution_count": None}
    return found


def tidy(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a cell without what runs and editors leave in them."""
    kept = {key: value for key, value in metadata.items() if key not in RUN_KEYS}
    if not kept.get("tags", True):
        del kept["tags"]
    return kept


def tags(cell: Mapping[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])


def of_code(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell["cell_type"] == "code"]


def as_written(cells: Iterable[Cell]) -> list[tuple[str, list[str]]]:
    """The source of each cell of code, and those of its tags that change a run."""
    return [(joined(c["source"]), [tag for tag in EXECUTION_TAGS if tag in tags(c)]) for c in of_code(cells)]


def what_runs(cells: Iterable[Cell]) -> list[tuple[str, list[str]]]:
    """What decides the outputs of a notebook, of each of its cells of code: its source but for mere words, and tags."""
    written = as_written(cells)
    sources = without_words([source for source, _ in written])
    return [(source, found) for source, (_, found) in zip(sources, written, strict=True)]
