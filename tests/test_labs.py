"""Lab files: what they hold, and what is said about one that is wrong."""

import json
import re
import shutil
from pathlib import Path

import pytest
from small_project import LAB, cell, make_project, write_notebook

from labkit.errors import LabError
from labreport.__main__ import main
from labreport.project.labs import lab_names, load_lab
from labreport.project.notebook_file import language_of
from labreport.project.project import Project

ROOT = Path(__file__).parent.parent


def load(tmp_path: Path, text: str) -> None:
    load_lab(make_project(tmp_path / "project", text), "backprop")


def test_a_lab_is_read(tmp_path: Path) -> None:
    text = LAB.replace("[author]", "date = 2026-09-01\nlanguage = 'zh-TW'\n[author]\nstudent_id = '007'")
    text = text.replace('"02_second"', '"02_second"\npart = "Discussion"')
    lab = load_lab(make_project(tmp_path / "project", text), "backprop")
    assert lab.report == {"title": "A small lab", "date": "2026-09-01", "language": "zh-TW"}
    assert lab.author == {"student_id": "007", "name": "Your Name"}
    assert [notebook.name for notebook in lab.notebooks] == ["01_first", "02_second"]
    assert [notebook.part for notebook in lab.notebooks] == ["", "Discussion"]
    assert lab.find("01").name == lab.find("01_first").name == "01_first"
    assert lab.profile("") == {}
    assert lab.profile("quick") == {"01_first": {"n_seeds": 2, "hidden_sizes": [7, 8]}}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "title =",
            "titel =",
            r"\[report\] key must be one of 'title', .*; got 'titel' \(did you mean 'title'\?\)",
        ),
        ('title = "A small lab"', "", r"\[report\] needs a title"),
        ('"A small lab"', "3", r'title in \[report\] must be a text in "quotes"; got 3'),
        ("[author]", "[autor]", r"section must be one of .*; got 'autor' \(did you mean 'author'\?\)"),
        ("name =", "nmae =", r"\[author\] key must be one of 'name', 'student_id'; got 'nmae'"),
        (
            'path = "01_first"',
            'pth = "01_first"',
            r"\[\[notebooks\]\] key must be one of 'path', 'part', 'parameters'; got 'pth'",
        ),
        (
            '"01_first"',
            '"01_frist"',
            r"notebook path .* must be one of '01_first', .*; got '01_frist' \(did you mean",
        ),
        ('"01_first"', '"../01_first"', r"notebook path .* must be one of .*; got '../01_first'"),
        ('path = "01_first"', "", r"notebook path .* must be one of .*; got None"),
        ("02_second", "01_first", "two notebooks are called '01_first'"),
        (
            'path = "02_second"',
            'path = "02_second"\nparameters = 3',
            "parameters of '02_second' must be a table; got 3",
        ),
        (
            'path = "02_second"',
            'path = "02_second"\nparts = "Discussion"',
            r"\[\[notebooks\]\] key must be one of .*; got 'parts' \(did you mean 'part'\?\)",
        ),
        (
            'path = "02_second"',
            'path = "02_second"\npart = 4',
            "part of '02_second' must be a text in \"quotes\"; got 4",
        ),
        (
            'path = "02_second"',
            'path = "02_second"\npart = " "',
            "part of '02_second' must be one line of text .*; got ' '",
        ),
        ('path = "02_second"', 'path = "02_second"\npart = "a\\nb"', "part of '02_second' must be one line of text"),
        (
            'quick."01_first"',
            'quick."01_frist"',
            "notebook of profile 'quick' must be one of .*; got '01_frist'",
        ),
        ("title", "title = ", r"is not valid TOML: .*line 2"),
    ],
)
def test_wrong_lab_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LabError, match=f"^notebooks/labs/backprop.toml.*{message}"):
        load(tmp_path, LAB.replace(old, new, 1))


def test_a_lab_needs_notebooks(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"needs at least one \[\[notebooks\]\]"):
        load(tmp_path, '[report]\ntitle = "T"\n')


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_a_file_that_is_no_notebook(tmp_path: Path, content: str) -> None:
    project = make_project(tmp_path / "project")
    (project.notebooks / "02_second.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(LabError, match=r"^notebooks/02_second.ipynb is not a notebook"):
        load_lab(project, "backprop")


def test_unknown_lab_and_unknown_profile(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    with pytest.raises(LabError, match=r"lab must be one of 'backprop'; got 'backprp' \(did you mean 'backprop'\?\)"):
        load_lab(project, "backprp")
    with pytest.raises(LabError, match="profile must be one of 'quick'; got 'slow'"):
        load_lab(project, "backprop").profile("slow")
    with pytest.raises(LabError, match="there is no lab"):
        load_lab(Project(tmp_path), "backprop")


QUICK = '["01_first"]\nn_seeds = 1\nlr = 0.1\n["extras/03_third"]\nanything = 1\n'


def test_quick_values_of_a_notebook_serve_every_lab_and_a_lab_may_have_its_own(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (project.notebooks / "extras").mkdir()
    shutil.copy(project.notebooks / "02_second.ipynb", project.notebooks / "extras" / "03_third.ipynb")
    project.quick.write_text(QUICK, encoding="utf-8")
    (project.labs / "other.toml").write_text(LAB[: LAB.index("[profiles")], encoding="utf-8")
    own = {"n_seeds": 2, "hidden_sizes": [7, 8], "lr": 0.1}
    assert load_lab(project, "backprop").profile("quick") == {"01_first": own, "02_second": {}}
    assert load_lab(project, "other").profile("quick") == {"01_first": {"n_seeds": 1, "lr": 0.1}, "02_second": {}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["01_frist"]', "notebook must be one of '01_first', '02_second'; got '01_frist' (did you mean '01_first'?)"),
        ('"01_first" = 3', "the parameters of '01_first' must be a table; got 3"),
        (
            '["01_first"]\nn_sedes = 1',
            "01_first: parameter must be one of 'n_seeds', 'hidden_sizes', 'lr'; got 'n_sedes'",
        ),
        ('["01_first"]\nn_seeds = 99', "01_first: n_seeds must be within 1 .. 10; got 99"),
        ("[", "is not valid TOML"),
    ],
)
def test_wrong_quick_values_are_refused_whichever_lab_is_built(tmp_path: Path, text: str, message: str) -> None:
    project = make_project(tmp_path / "project")
    project.quick.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=f"^notebooks/quick.toml.*{re.escape(message)}"):
        load_lab(project, "backprop")


def test_what_lies_beside_the_notebooks_is_neither_lab_nor_profile(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    for name in ("quick.toml", "dot.png", "data/points.csv", ".hidden", "__pycache__/x.pyc"):
        (project.notebooks / name).parent.mkdir(exist_ok=True)
        (project.notebooks / name).write_text("", encoding="utf-8")
    assert [path.name for path in project.beside()] == ["points.csv", "dot.png"]


def needing(project: Project, name: str, package: str) -> None:
    path = project.notebooks / f"{name}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["needs_package"] = package
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_notebook_whose_package_is_missing_is_left_out_and_named(tmp_path: Path, capsys) -> None:
    """The chapter on PyTorch ended in "No module named 'torch'", and its lab with it."""
    project = make_project(tmp_path / "project")
    needing(project, "01_first", "numpy")
    needing(project, "02_second", "no_such_package")
    assert [book.name for book in load_lab(project, "backprop").notebooks] == ["01_first"]
    assert main(["--root", str(project.root), "report", "--profile", "quick"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("02_second: left out, it needs no_such_package; get it with `")
    assert (project.reports("backprop") / "report.pdf").exists()
    needing(project, "01_first", "no_such_package")
    with pytest.raises(LabError, match="every notebook needs a package that is not installed: no_such_package"):
        load_lab(project, "backprop")


@pytest.mark.parametrize("name", lab_names(Project(ROOT)))
def test_the_labs_of_this_project_are_valid(name: str) -> None:
    lab = load_lab(Project(ROOT), name)
    assert lab.notebooks


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"name": "ir"}}, "R"),
        ({"kernelspec": {"name": "julia-1.11", "language": "julia"}}, "julia"),
        ({"kernelspec": {"name": "julia-1.11"}}, "Julia"),
        ({"language_info": {"name": "javascript"}}, "javascript"),
        ({"language": "haskell"}, "haskell"),
    ],
)
def test_a_notebook_in_another_language_is_named_with_it(tmp_path: Path, metadata: dict, language: str) -> None:
    project = make_project(tmp_path)
    path = write_notebook(project, "01_first", cell("x <- 3"))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"metadata": metadata}))
    with pytest.raises(LabError, match=f"^notebooks/01_first.ipynb is in {language}, and a lab runs Python alone: "):
        load_lab(project, "backprop")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": None, "language_info": 3},
        {"kernelspec": {"name": "conda-env-irises-py"}},
        {"kernelspec": {"name": "python3", "language": "Python"}},
        {"language_info": {"name": "ipython"}},
    ],
)
def test_a_notebook_that_names_no_other_language_is_in_python(metadata: dict) -> None:
    assert language_of({"metadata": metadata}) == "python"
