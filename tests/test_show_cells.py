"""A student may delete every cell that shows or says something: each needs only what the compute cells have made."""

import tomllib
from pathlib import Path

import matplotlib
import nbformat
import pytest
from test_notebooks import FOLDER, PATHS, called, code_cells, tags

from labkit.training.config import as_setting
from labreport.project.exercises import without_solutions

SHOWN = [path for path in PATHS if path.stem != "11_framework"]  # which needs PyTorch


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch, tmp_path_factory):
    """Figures are made, not written as pictures, which takes longest."""
    monkeypatch.setattr("labkit.figures.figure.pictures", lambda figure: {})
    monkeypatch.setattr("IPython.display.display", lambda *data, **options: None)
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_what_shows_or_says_may_be_deleted(path: Path) -> None:
    cells = code_cells(nbformat.read(path, as_version=4))
    names = computed(path, cells)
    for cell in filter(called, cells):
        run(cell, dict(names))


OPEN = {"01_basic_training": ["W1, W2, W3, b1, b2, b3"], "21_by_hand": ["slope", "first point, all points"]}


@pytest.mark.parametrize("path", [path for path in PATHS if path.stem in OPEN], ids=lambda path: path.stem)
def test_exercises_that_nobody_has_solved_say_so_and_stop_nothing(path: Path, monkeypatch) -> None:
    cells = code_cells(nbformat.read(path, as_version=4))
    for cell in cells:
        cell.source = without_solutions(cell.source, cell.id)
    names, said = computed(path, cells), []
    monkeypatch.setattr("IPython.display.display", lambda *data, metadata, **more: said.append(metadata["report"]))
    for cell in filter(called, cells):
        run(cell, dict(names))
    assert [report["unsolved"] for report in said if "unsolved" in report] == OPEN[path.stem]


def computed(path: Path, cells: list[nbformat.NotebookNode]) -> dict:
    """The names that the compute cells of a notebook have made, with its small values."""
    key = path.relative_to(FOLDER).with_suffix("").as_posix()
    quick = tomllib.loads((FOLDER / "quick.toml").read_text(encoding="utf-8")).get(key, {})
    names: dict = {}
    for cell in cells:
        if not called(cell):
            run(cell, names)
        if "parameters" in tags(cell):
            names |= {name: as_setting(value) for name, value in quick.items()}
    return names


def run(cell: nbformat.NotebookNode, names: dict) -> None:
    with matplotlib.rc_context():
        exec(compile(cell.source, cell.id, "exec"), names)
