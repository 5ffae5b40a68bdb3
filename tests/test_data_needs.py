"""Data that must be fetched first: what is missing is said before anything runs, and the other labs are built."""

import io
import json
import re
from pathlib import Path

import pytest
from small_project import cell, make_project, write_notebook

from labkit.data.images import MNIST
from labkit.errors import LabError
from labreport.__main__ import main
from labreport.build.build import build_lab
from labreport.build.request import Request
from labreport.build.terminal import Terminal
from labreport.cli import reproduce
from labreport.project.labs import lab_names, load_lab
from labreport.project.project import Project
from labreport.verify.checks.rerun import Reruns

ROOT = Path(__file__).parent.parent
LAB = """\
[report]
title = "Images"
[[notebooks]]
path = "01_images"
parameters = { dataset = "mnist" }
[[notebooks]]
path = "02_more"
[profiles.quick."01_images"]
dataset = "digits"
"""
DATASET = '{} = "digits"  # images [digits | mnist]'
SAID = "lab 'images' needs data that are not here: mnist, for 01_images: get it with `lab data mnist --download`"


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path / "data"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The labs `backprop`, which needs no data, and `images`, which does."""
    project = make_project(tmp_path / "project")
    write_notebook(project, "01_images", cell("# Images"), cell(DATASET.format("dataset"), "parameters"), cell("1 + 1"))
    write_notebook(
        project, "02_more", cell("# More"), cell(DATASET.format("dataset_more"), "parameters"), cell("2 + 2")
    )
    (project.labs / "images.toml").write_text(LAB, encoding="utf-8")
    return project


def command(project: Project, *arguments: str) -> int:
    return main(["--root", str(project.root), *arguments])


def test_it_is_said_before_anything_runs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(project, "report", "images") == 2
    assert capsys.readouterr() == ("", f"error: {SAID}\n")
    assert not project.reports("images").exists()
    assert command(project, "report", "images", "-p", "dataset_more=mnist") == 2
    assert "mnist, for 01_images, 02_more: get it with" in capsys.readouterr().err


def test_what_needs_no_data_is_built(project: Project) -> None:
    assert command(project, "report", "images", "--profile", "quick") == 0
    assert command(project, "report", "images", "02", "-p", "dataset_more=digits") == 0


def test_data_that_are_here_are_not_asked_for(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for file in MNIST.values():
        (folder / file.name).touch()
    outcome = build_lab(project, Request(load_lab(project, "images")), Terminal(io.StringIO()))
    assert outcome.built == ["01_images", "02_more", "report"]


def test_the_other_labs_are_reproduced(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reproduce, "REPRODUCED", ("images", "backprop"))
    assert command(project, "reproduce") == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"left out: {SAID}\n\nbackprop\n")
    assert err == f"\nleft out: {SAID}\n"
    assert (project.reports("backprop") / "report.html").exists()
    assert command(project, "reproduce", "--profile", "quick") == 0
    assert "left out" not in "".join(capsys.readouterr())


def test_verify_runs_the_notebooks_that_have_their_data(project: Project) -> None:
    reruns = Reruns(project, Terminal(io.StringIO()), minutes=1)
    found = reruns.of(load_lab(project, "images"), {"01_images": {"dataset": "mnist"}})
    assert found.errors == {"01_images": "mnist is not on this machine"}
    assert list(found.notebooks) == ["02_more"]
    both = {"01_images": {"dataset": "mnist"}, "02_more": {"dataset_more": "mnist"}}
    assert reruns.of(load_lab(project, "images"), both).notebooks == {}


def test_a_lab_file_must_be_right_before_data_are_asked_for(project: Project) -> None:
    with pytest.raises(LabError, match="dataset must be one of 'digits', 'mnist'; got 'mnits'"):
        request = Request(load_lab(project, "images"), parameters={"dataset": "mnits"})
        build_lab(project, request, Terminal(io.StringIO()))


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_reads_fetched_data_that_its_parameters_do_not_name(path: Path) -> None:
    """But the ledger of claims, which says what is missing and goes on without."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(one["source"]) for one in cells if "parameters" not in one["metadata"].get("tags", [])]
    assert path.stem == "12_claims" or not re.search(r'(load_dataset\(|dataset=)"mnist"', "\n".join(code))


def test_r3_is_the_lab_that_needs_mnist() -> None:
    from labreport.build.request import missing_data

    project = Project(ROOT)
    needing = {name: missing_data(Request(load_lab(project, name))) for name in lab_names(project)}
    assert {name for name, found in needing.items() if found} == {"r3"}
    assert all(not missing_data(Request(load_lab(project, name), profile="quick")) for name in needing)
