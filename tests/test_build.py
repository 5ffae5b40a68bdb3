"""The build: what it writes, when it runs nothing, and what it leaves when a notebook fails."""

import json
from pathlib import Path

import pytest
from small_project import PARAMETERS, build, cell, make_project, write_notebook

from labkit.errors import LabError
from labkit.files import write_atomic
from labreport.project.project import Project
from labreport.run import execute


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose lab was built once. Tests that build again take a copy."""
    project = make_project(tmp_path_factory.mktemp("built"))
    outcome, _ = build(project, profile="quick")
    assert not outcome.errors
    return project


def files(project: Project) -> dict[str, bytes]:
    folder = project.reports("backprop")
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def executed(project: Project, name: str) -> dict:
    return json.loads((project.reports("backprop") / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


def outputs(notebook: dict) -> str:
    found = [output for one in notebook["cells"] for output in one.get("outputs", [])]
    return "".join(output.get("text", "") for output in found)


def test_writes_html_and_pdf_for_each_notebook_and_for_all(built: Project) -> None:
    made = files(built)
    for name in ("report", "01_first", "02_second"):
        assert made[f"{name}.html"].lower().startswith(b"<!doctype html>")
        assert made[f"{name}.pdf"].startswith(b"%PDF")
    assert b"The first notebook" in made["report.html"]
    assert b"The second notebook" in made["report.html"]
    assert b"The second notebook" not in made["01_first.html"]


def test_parameters_of_the_profile_reach_the_kernel_in_their_types(built: Project) -> None:
    assert "seeds 2 sizes (7, 8) lr 0.5" in outputs(executed(built, "01_first"))


def test_error_in_a_cell_tagged_raises_exception_is_an_output_like_others(built: Project) -> None:
    assert "after the error" in outputs(executed(built, "01_first"))


def test_executed_notebook_has_no_traces_of_the_moment(built: Project) -> None:
    notebook = executed(built, "01_first")
    assert "papermill" not in json.dumps(notebook)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    ids = [one["id"] for one in notebook["cells"]]
    assert ids == ["id-0", "id-1", "injected-parameters", "id-2", "id-3", "id-4"]
    assert not any("execution" in one["metadata"] for one in notebook["cells"])


def test_same_sources_give_the_same_bytes_in_another_folder(built: Project, tmp_path: Path) -> None:
    other = make_project(tmp_path / "another folder {with} $signs")
    build(other, profile="quick")
    assert files(other) == files(built)


def test_nothing_changed_runs_nothing(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    before = files(copied)
    outcome, printed = build(copied, profile="quick")
    assert not outcome.built
    assert printed == ""
    assert files(copied) == before


def test_another_author_is_written_without_running(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    outcome, printed = build(copied, profile="quick", author='王小明 "Ming" $x', student_id="0042")
    assert not outcome.executed
    assert outcome.built == ["01_first", "02_second", "report"]
    assert "01_first: writing (author changed" in printed
    for name in ("report", "01_first"):
        html = (copied.reports("backprop") / f"{name}.html").read_text(encoding="utf-8")
        assert "王小明" in html
        assert "0042" in html


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"cut")])
def test_missing_or_damaged_page_is_written_again(copied: Project, damage, monkeypatch) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    before = files(copied)
    damage(copied.reports("backprop") / "01_first.pdf")
    outcome, _ = build(copied, profile="quick")
    assert outcome.built == ["01_first"]
    assert files(copied) == before


def test_damaged_record_builds_everything_again(copied: Project) -> None:
    (copied.reports("backprop") / "build.json").write_text('{"run 01_first": 3', encoding="utf-8")
    before = files(copied)
    outcome, printed = build(copied, profile="quick")
    assert outcome.executed == ["01_first", "02_second"]
    assert "first build" in printed
    assert {name: content for name, content in files(copied).items() if name != "build.json"} == {
        name: content for name, content in before.items() if name != "build.json"
    }


def test_only_the_notebook_that_changed_runs(copied: Project) -> None:
    write_notebook(copied, "02_second", cell("# Changed title"), cell("print('other')"))
    outcome, printed = build(copied, profile="quick")
    assert outcome.executed == ["02_second"]
    assert outcome.built == ["02_second", "report"]
    assert "02_second: running (the notebook changed)" in printed
    assert b"Changed title" in files(copied)["report.html"]


def test_opening_and_running_a_notebook_in_jupyter_is_no_change(copied: Project) -> None:
    path = copied.notebooks / "02_second.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["language_info"] = {"name": "python", "version": "3.99"}
    content["cells"][1]["execution_count"] = 7
    content["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "total 42\n"}]
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    assert not build(copied, profile="quick")[0].built


def test_data_beside_the_notebooks_is_watched(copied: Project) -> None:
    (copied.notebooks / "data.csv").write_text("1,2\n", encoding="utf-8")
    outcome, printed = build(copied, profile="quick")
    assert outcome.executed == ["01_first", "02_second"]
    assert "notebooks/data.csv is new" in printed


def test_failing_cell_keeps_the_last_report_and_the_evidence(copied: Project) -> None:
    before = files(copied)
    path = write_notebook(
        copied,
        "01_first",
        cell("# The first notebook"),
        cell(PARAMETERS, "parameters"),
        cell("print('so far')"),
        cell("a = 1\nb = a + missing"),
    )
    write_notebook(copied, "02_second", cell("# Also changed"), cell("print('still built')"))
    outcome, _ = build(copied)
    message = str(outcome.errors["01_first"])
    assert "01_first, cell 4, line 2: NameError: name 'missing' is not defined\n    b = a + missing" in message
    assert "reports/backprop/failed/01_first.ipynb" in message
    after = files(copied)
    for name in ("report.html", "report.pdf", "01_first.html", "01_first.pdf", "notebooks/01_first.ipynb"):
        assert after[name] == before[name]
    partial = json.loads(after["failed/01_first.ipynb"])
    assert "so far" in outputs(partial)
    assert "papermill" not in json.dumps(partial)
    assert outcome.built == ["02_second"]
    assert "still built" in outputs(executed(copied, "02_second"))

    path.write_text(path.read_text(encoding="utf-8").replace("a + missing", "a"), encoding="utf-8")
    outcome, _ = build(copied)
    assert not outcome.errors
    assert "failed/01_first.ipynb" not in files(copied)
    assert b"Also changed" in files(copied)["report.html"]


def test_one_notebook_of_the_lab(copied: Project) -> None:
    write_notebook(copied, "01_first", cell("# One"), cell(PARAMETERS, "parameters"))
    write_notebook(copied, "02_second", cell("# Two"), cell("print('two')"))
    outcome, _ = build(copied, notebooks=["02"])
    assert outcome.executed == ["02_second"]
    html = files(copied)["report.html"]
    assert b"Two" in html
    assert b"The first notebook" in html


def test_one_notebook_before_the_others_were_run_leaves_the_report_out(tmp_path: Path) -> None:
    project = make_project(tmp_path / "new")
    outcome, printed = build(project, notebooks=["02_second"])
    assert outcome.built == ["02_second"]
    assert "report: not written, as these were never run: 01_first" in printed
    assert "report.html" not in files(project)


def test_run_without_pages(tmp_path: Path) -> None:
    """As `verify` runs the notebooks of the checker: pages are written by the next build that is to have some."""
    project = make_project(tmp_path)
    outcome, _ = build(project, pages=False)
    folder = project.reports("backprop")
    assert (outcome.executed, outcome.errors) == (["01_first", "02_second"], {})
    assert (folder / "notebooks" / "02_second.ipynb").exists()
    assert not [*folder.glob("*.html"), *folder.glob("*.pdf")]
    outcome, _ = build(project)
    assert outcome.executed == [] and (folder / "report.pdf").exists()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"parameters": {"n_seed": "3"}},
            "parameter must be one of .*'n_seeds'; got 'n_seed' .did you mean 'n_seeds'",
        ),
        ({"parameters": {"n_seeds": "many"}}, "n_seeds must be a whole number; got 'many'"),
        ({"parameters": {"n_seeds": "11"}}, "n_seeds must be within 1 .. 10; got 11"),
        ({"profile": "quik"}, "profile must be one of 'quick'; got 'quik' .did you mean 'quick'"),
        (
            {"notebooks": ["03_third"]},
            "notebook of lab 'backprop' must be one of '01_first', '02_second'; got '03_th",
        ),
        ({"notebooks": ["02"], "parameters": {"lr": "1"}}, "02_second has no parameters; got 'lr'"),
    ],
)
def test_wrong_request_is_answered_before_a_kernel_starts(copied, monkeypatch, request_, message) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    before = files(copied)
    with pytest.raises(LabError, match=message):
        build(copied, **request_)
    assert files(copied) == before


def test_command_line_wins_over_profile_and_lab_over_notebook(tmp_path: Path) -> None:
    lab = '[report]\ntitle = "T"\n[[notebooks]]\npath = "01_first"\nparameters = { lr = 1, n_seeds = 4 }\n'
    lab += '[profiles.quick."01_first"]\nn_seeds = 5\nhidden_sizes = [1]\n'
    project = make_project(tmp_path / "new", lab)
    outcome, _ = build(project, profile="quick", parameters={"hidden_sizes": "(2, 3)"})
    assert not outcome.errors
    assert "seeds 5 sizes (2, 3) lr 1.0" in outputs(executed(project, "01_first"))


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    write_atomic(path, "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(LabError, match="cannot be written: disk full; what was there"):
        write_atomic(path, "new")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "old"


def test_files_that_a_notebook_makes_come_beside_the_report(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    code = "import os, pathlib\nfolder = pathlib.Path(os.environ['LABKIT_PRODUCTS'], 'made', 'tables')\n"
    code += "folder.mkdir(parents=True)\n"
    code += (
        "(folder / 'results.csv').write_text('a\\n1\\n')\n(folder.parent / 'submission.csv').write_text('ImageId\\n')"
    )
    write_notebook(project, "01_first", cell("# First"), cell(PARAMETERS, "parameters"), cell(code))
    outcome, _ = build(project)
    assert not outcome.errors
    assert files(project)["tables/01_first-results.csv"] == b"a\n1\n"
    assert files(project)["submission.csv"] == b"ImageId\n"
    (project.reports("backprop") / "submission.csv").unlink()
    assert build(project)[0].executed == ["01_first"]  # a missing one is made again
    assert files(project)["submission.csv"] == b"ImageId\n"
