"""A student may delete every cell that shows or says something: each needs only what the compute cells have made."""

import tomllib
from pathlib import Path

import matplotlib
import nbformat
import pytest
from test_notebooks import FOLDER, PATHS, called, code_cells, tags

from labkit.training.config import as_setting

SHOWN = [path for path in PATHS if path.stem != "11_framework"]  # which needs PyTorch


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch, tmp_path_factory):
    """Figures are made, not written as pictures, which takes longest."""
    monkeypatch.setattr("labkit.figures.figure.pictures", lambda figure: {})
    monkeypatch.setattr("IPython.display.display", lambda *data, **options: None)
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_what_shows_or_says_may_be_deleted(path: Path) -> None:
    key = path.relative_to(FOLDER).with_suffix("").as_posix()
    quick = tomllib.loads((FOLDER / "quick.toml").read_text(encoding="utf-8")).get(key, {})
    cells = code_cells(nbformat.read(path, as_version=4))
    names: dict = {}
    for cell in cells:
        if not called(cell):
            run(cell, names)
        if "parameters" in tags(cell):
            names |= {name: as_setting(value) for name, value in quick.items()}
    for cell in filter(called, cells):
        run(cell, dict(names))


def run(cell: nbformat.NotebookNode, names: dict) -> None:
    with matplotlib.rc_context():
        exec(compile(cell.source, cell.id, "exec"), names)
