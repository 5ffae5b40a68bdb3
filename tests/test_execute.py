"""Running one notebook: which interpreter, which environment, and what happens when the kernel dies."""

import json
import sys
from pathlib import Path

import psutil
import pytest
from small_project import cell

from labreport.project.project import LIBRARY
from labreport.project.variables import TRACED
from labreport.run import drawing
from labreport.run.execute import NotebookError, NotebookSource, run_notebook
from labreport.run.executed import to_bytes
from labreport.run.guard import Guard, Limits


def source(tmp_path: Path, *cells: dict, **parameters: object) -> NotebookSource:
    content = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"kernelspec": {"name": "gone"}},
        "cells": list(cells),
    }
    return NotebookSource("01_first", tmp_path / "01_first.ipynb", content, parameters)


def printed(notebook: dict) -> str:
    return "".join(output.get("text", "") for one in notebook["cells"] for output in one.get("outputs", []))


def test_the_kernel_is_this_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = tmp_path / "data" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "Another", "language": "python"}))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("MPLBACKEND", "TkAgg")
    code = "import os, pathlib, sys\nhere = [sys.executable, os.getcwd(), os.environ['GIVEN'], os.getenv('MPLBACKEND')]"
    code += "\npathlib.Path('here').write_text(repr(here))"
    run_notebook(source(tmp_path, cell(code)), {"GIVEN": "a $HOME b"})
    assert (tmp_path / "here").read_text() == repr(
        [sys.executable, str(tmp_path), "a $HOME b", "module://matplotlib_inline.backend_inline"]
    )


def test_a_kernel_draws_with_no_settings_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder that cannot be written, or settings in it, put warnings into what was handed in."""
    (tmp_path / "file").write_text("lines.linewidth: 9\nno.such.key: 1")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "file"))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    code = "import matplotlib.pyplot as plt\nfigure = plt.figure()\nprint(plt.rcParams['lines.linewidth'])"
    ((first, *others),) = [one.outputs for one in run_notebook(source(tmp_path, cell(code)), {}).cells]
    assert (first.name, first.text) == ("stdout", "1.5\n")
    assert [output.output_type for output in others] == ["display_data"]  # and no stderr


def test_the_list_of_fonts_is_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "HOME", tmp_path / "kept")
    folder = Path(drawing.matplotlib_folder("private"))
    (listed,) = folder.glob("fontlist-*.json")
    made = listed.stat().st_mtime_ns
    assert drawing.matplotlib_folder("private") == str(folder)
    assert listed.stat().st_mtime_ns == made
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [folder.name]
    (tmp_path / "a file").touch()
    monkeypatch.setattr(drawing, "HOME", tmp_path / "a file")
    assert drawing.matplotlib_folder("private") == "private"


def test_values_arrive_as_they_are_and_warnings_name_no_temporary_file(tmp_path: Path) -> None:
    values = {"sizes": (8, 8), "rates": [1e-3], "text": '"quoted" \\ 中文', "never": None, "flag": False}
    cells = [cell("text = ''", "parameters"), cell("print([sizes, rates, text, never, flag])")]
    cells.append(cell("import warnings\nwarnings.warn('look')"))
    notebook = run_notebook(source(tmp_path, *cells, **values), {})
    words = printed(notebook)
    assert str(list(values.values())) in words
    assert "cell:2: UserWarning: look" in words
    assert to_bytes(notebook) == to_bytes(run_notebook(source(tmp_path, *cells, **values), {}))


def test_nothing_of_the_machine_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings, errors and prints name no home folder, and are the same wherever the project lies."""
    home = tmp_path / "home" / "wang"
    project = home / "my labs"
    (project / "notebooks").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    code = (
        "import json, os, warnings, numpy, labkit\nprint(os.getcwd(), os.environ['HOME'] + '/x', labkit.__file__, "
        "numpy.__file__)\nwarnings.warn_explicit('w', UserWarning, json.__file__, 3)"
    )
    error = cell("raise ValueError(__import__('os').path.expanduser('~/secret'))", "raises-exception")
    fails = cell("import numpy\nnumpy.linalg.inv([[0.0]])", "raises-exception")
    content = source(project / "notebooks", cell(code), error, fails)
    shown = json.dumps(run_notebook(content, {TRACED: str(project)}))
    for folder in (home, Path(sys.prefix), LIBRARY.parent, Path.home()):
        assert str(folder) not in shown
    assert "notebooks ~/x labkit/__init__.py site-packages/numpy/__init__.py" in shown
    assert "python/json/__init__.py:3: UserWarning" in shown and '"evalue": "~/secret"' in shown
    assert "site-packages/numpy/linalg" in shown


def test_a_kernel_that_dies_is_told_with_its_cell(tmp_path: Path) -> None:
    cells = [cell("# Title"), cell("print('before')"), cell("import os\nos._exit(1)"), cell("print('after')")]
    with pytest.raises(NotebookError, match=r"^01_first, cell 3: the kernel died") as error:
        run_notebook(source(tmp_path, *cells), {})
    assert "before" in printed(error.value.partial)


def test_what_a_kernel_says_itself_is_kept_off_the_terminal(tmp_path: Path, capfd) -> None:
    run_notebook(source(tmp_path, cell("import os, sys\nos.write(sys.__stderr__.fileno(), b'a word')")), {})
    assert capfd.readouterr() == ("", "")


def test_a_kernel_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('no such library')")
    with pytest.raises(NotebookError, match=r"cell 0: the kernel did not start .*doctor.*\n    no such library"):
        run_notebook(source(tmp_path, cell("print('never')")), {"PYTHONPATH": str(tmp_path)})


def test_a_cell_that_hangs_is_stopped_at_the_limit_with_all_it_started(tmp_path: Path) -> None:
    code = "import subprocess, time\nchild = subprocess.Popen(['sleep', '600'])\n"
    cells = [cell("print('before')"), cell(f"{code}open('child', 'w').write(str(child.pid))\ntime.sleep(600)")]
    with pytest.raises(NotebookError, match=r"^01_first, cell 2: stopped after 0.1 minutes, the limit") as error:
        run_notebook(source(tmp_path, *cells), {}, Guard(Limits(minutes=0.1)))
    assert "before" in printed(error.value.partial)
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_kernel_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    hog = "import time\nkept = []\nfor _ in range(100):\n    kept.append(b'x' * 40_000_000)\n    time.sleep(0.05)"
    with pytest.raises(NotebookError, match=r"^01_first, cell 1: stopped with more than 0.5 GB of memory, the limit"):
        run_notebook(source(tmp_path, cell(hog)), {}, Guard(Limits(gigabytes=0.5)))


def test_a_guard_ends_a_kernel_that_has_only_begun(tmp_path: Path) -> None:
    guard = Guard(Limits())
    guard.end("stopped by hand")
    with pytest.raises(NotebookError, match="stopped by hand"):
        run_notebook(source(tmp_path, cell("print('never')")), {}, guard)


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"^01_first, cell 1, line 2: SyntaxError: .*\n    b = = 2"):
        run_notebook(source(tmp_path, cell("a = 1\nb = = 2")), {})


def test_the_last_line_of_the_cell_is_named_not_one_of_a_library(tmp_path: Path) -> None:
    code = "import json\ndef load(text):\n    return json.loads(text)\nload('{')"
    with pytest.raises(NotebookError, match=r"^01_first, cell 1, line 4: JSONDecodeError: .*\n    load\('\{'\)"):
        run_notebook(source(tmp_path, cell(code)), {})


REFUSED = ["from labkit import RunConfig\ndef tried(rate):\n    return RunConfig(lr=rate)", "x = 1\ntried(-1)"]


def test_a_lab_error_is_its_sentence_and_the_lines_of_the_cells(tmp_path: Path) -> None:
    cells = [*map(cell, REFUSED), cell("print('never')")]
    named = r"^01_first, cell 2, line 2: LabError: lr must .*\n    tried\(-1\)$"
    with pytest.raises(NotebookError, match=named) as error:
        run_notebook(source(tmp_path, *cells), {})
    (output,) = error.value.partial.cells[1].outputs
    assert (output.ename, output.evalue) == ("LabError", "lr must be a number > 0; got -1")
    assert output.traceback == [
        "LabError: lr must be a number > 0; got -1",
        "Cell In[2], line 2",
        "    tried(-1)",
        "Cell In[1], line 3",
        "    return RunConfig(lr=rate)",
        "(%tb shows the whole traceback)",
    ]


def test_the_whole_traceback_is_shown_when_it_is_asked_for(tmp_path: Path) -> None:
    cells = [cell(REFUSED[0]), cell(REFUSED[1], "raises-exception"), cell("%tb", "raises-exception")]
    output = run_notebook(source(tmp_path, *cells), {}).cells[2].outputs[0]
    assert "config.py" in str(output) and "lr must be a number" in str(output)


def test_each_cell_is_told_when_it_begins(tmp_path: Path) -> None:
    told = []
    cells = [cell("# Title"), cell("a = 1", "parameters"), cell("print(a)")]
    run_notebook(source(tmp_path, *cells, a=2), {}, on_cell=lambda *numbers: told.append(numbers))
    assert told == [(1, 3), (2, 3), (3, 3)]
