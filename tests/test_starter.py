"""Handing out: a starter has no solution in it, builds from the first minute, and solved gives the delivered report."""

import json
import zipfile
from pathlib import Path

import pytest
from small_project import build, cell, make_project, report_files, write_notebook

from labkit import tables
from labkit.errors import LabError
from labkit.files import write_all
from labreport.__main__ import main
from labreport.hand_out.starter import in_folder, make_starter
from labreport.project.exercises import (
    BEGIN,
    END,
    MODEL_ANSWER,
    NO_WORDS,
    STUB,
    UNSOLVED,
    without_marks,
    without_solutions,
)
from labreport.project.project import Project

ROOT = Path(__file__).parent.parent
SOLVED = f"""\
import numpy as np
def square(x):
    if x is None:
        {BEGIN}
        # STUB: return np.nan
        return None
        {END}
    {BEGIN}
    {STUB} y = np.nan * x
    {STUB} return y
    return x * x
    {END}
{BEGIN}
extra = 1
{END}"""
LAB = """\
[report]
title = "A small lab"
[[notebooks]]
path = "01_first"
[[notebooks]]
path = "02_second"
"""
OPEN = """\
import numpy as np
def square(x):
    if x is None:
        return np.nan
    y = np.nan * x
    return y
...  # your lines"""
CHECK = """\
from labkit import tables
x = np.arange(3.0)
tables.agreement({"squares": square(x)}, {"a table": {"squares": [0, 1, 4]}}, exercise=True, caption="Squares.")"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = make_project(tmp_path / "delivered", LAB)
    answer = cell(f"# {MODEL_ANSWER}", "answer") | {"source": [MODEL_ANSWER + "\n", "Because it is so."]}
    write_notebook(found, "01_first", cell("# First"), cell(SOLVED, "show-code"), cell(CHECK), answer)
    return found


def test_what_stands_in_place_of_a_solution() -> None:
    assert without_solutions(SOLVED, "") == OPEN
    assert without_solutions("x = 1\n\ny = 2", "") == "x = 1\n\ny = 2"
    shown = without_marks(SOLVED)
    assert "return x * x" in shown and "STUB" not in shown and "SOLUTION" not in shown


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (f"{BEGIN}\nx = 1", "there is no '### END SOLUTION' after"),
        (f"x = 1\n{END}", "there is no '### BEGIN SOLUTION' before"),
        (f"{BEGIN}\n{BEGIN}\n{END}", "a second '### BEGIN SOLUTION'"),
    ],
)
def test_marks_that_do_not_go_together_are_named_with_their_cell(project: Project, source: str, why: str) -> None:
    write_notebook(project, "02_second", cell("# Second"), cell(source))
    with pytest.raises(LabError, match=f"^02_second, cell 2: {why}"):
        make_starter(project, "backprop")


def test_a_starter_builds_and_solved_it_gives_the_delivered_report(project: Project, tmp_path: Path) -> None:
    assert not build(project)[0].errors
    starter = Project(tmp_path / "starter")
    found = make_starter(project, "backprop")
    assert found.counts == {"answers": 1, "exercises": 1}
    write_all(in_folder(found, starter.root), durable=False)
    outcome, _ = build(starter)
    assert not outcome.errors
    assert f"01_first, cell 3: {UNSOLVED}: squares" in outcome.doubts
    page = (starter.reports("backprop") / "report.html").read_text(encoding="utf-8")
    assert "not written yet" in page and "Write your answer here." in page and "x * x" not in page
    for name in ("01_first", "02_second"):
        given, delivered = (json.loads((p.notebooks / f"{name}.ipynb").read_bytes()) for p in (starter, project))
        given["cells"] = delivered["cells"]
        (starter.notebooks / f"{name}.ipynb").write_text(json.dumps(given), encoding="utf-8")
    assert not build(starter)[0].errors
    assert report_files(starter) == report_files(project)


def test_nothing_in_the_delivered_starter_is_a_solution() -> None:
    """What is in the starter of this project."""
    found = make_starter(Project(ROOT), "basics")
    assert found.counts["exercises"] == 3 and found.counts["answers"] > 20
    assert {name.partition("/")[0] for name in found.files} <= {
        *("README.md", "Makefile", "requirements.txt", "pyproject.toml", ".gitignore"),
        *("docs", "labkit", "labreport", "notebooks", "reports"),
    }
    assert b"\nLAB ?= basics\n" in found.files["Makefile"]
    for name, content in found.files.items():
        if name.endswith(".ipynb"):
            for one in json.loads(content)["cells"]:
                source = "".join(one["source"])
                assert not any(mark in source for mark in (BEGIN, END, STUB, MODEL_ANSWER)), name
                assert "answer" not in one["metadata"].get("tags", []) or source == NO_WORDS


def test_the_command_writes_a_zip_or_a_new_folder(project: Project, tmp_path: Path, capsys) -> None:
    (project.root / "README.md").write_text("Read me.")
    (project.root / "tests").mkdir()
    (project.root / "tests" / "test_it.py").write_text("a solution")
    assert main(["--root", str(project.root), "starter"]) == 0
    assert "without 1 answers and 1 solutions" in capsys.readouterr().out
    with zipfile.ZipFile(project.root / "reports" / "starter_backprop.zip") as archive:
        names = archive.namelist()
    assert "backprop/README.md" in names and "backprop/notebooks/01_first.ipynb" in names
    assert not any("tests" in name for name in names)
    assert main(["--root", str(project.root), "starter", "--to", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "notebooks" / "labs" / "backprop.toml").exists()
    capsys.readouterr()
    assert main(["--root", str(project.root), "starter", "--to", str(tmp_path / "out")]) == 2
    assert "must be a new or an empty folder" in capsys.readouterr().err


def test_an_exercise_says_which_array_is_wrong_and_by_how_much() -> None:
    right = [1.0, 2.0, 4.0]
    mine = {"a": [1.0, 2.0, 4.0], "b": [1.0, 2.0, 3.0], "c": [float("nan")] * 3, "d": [[1.0, 2.0, 4.0]]}
    table = tables.agreement(mine, {"labkit": dict.fromkeys(mine, right)}, exercise=True)
    assert table.texts.result.tolist() == ["right", "wrong by 25 %", "not written yet", "must be 3"]
    assert table.unsolved == ("b", "c", "d")
    solved = tables.agreement({"a": right}, {"labkit": {"a": right}}, exercise=True)
    assert solved.unsolved == () and "result" not in solved.texts
