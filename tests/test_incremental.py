"""What is built again after a change, why, and that nothing is trained too little or kept too long."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import PARAMETERS, build, cell, make_project, report_files, write_notebook

import labkit
from labkit import LabError, RunConfig, run_study, train_one
from labkit.engine import FOLDERS
from labkit.experiments.cache import cache_path, load_run
from labreport.build import freshness
from labreport.build.build import explain
from labreport.build.cache_size import bound_cache
from labreport.build.request import Request
from labreport.page import pandoc
from labreport.project.labs import load_lab
from labreport.project.project import Project

TRAIN = """\
from labkit import RunConfig, figures, run_study
study = run_study(RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=100), seed=range(2))
figures.show(figures.learning_curves(study, by="lr"), caption="Two runs.", alt="Two curves.")"""
# What training imports beside the engine, and why no result depends on it: texts of errors, how numbers and tables are
# written, how objects show themselves, where files lie.
NO_PART_IN_RESULTS = {"errors", "rounding", "plain_tables", "overview", "environment", "words"}


@pytest.fixture(scope="module")
def own_labkit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a copy of labkit of its own, its lab built once."""
    root = tmp_path_factory.mktemp("project")
    for package in ("labkit", "labreport"):
        source = Path(labkit.__file__).parents[1] / package
        shutil.copytree(source, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    project = make_project(root)
    write_notebook(project, "01_first", cell("# First"), cell(PARAMETERS, "parameters"), cell(TRAIN))
    assert "Trained 1 study (200 epochs); 0 studies from the cache." in report(root)
    return root


def report(root: Path, *options: str) -> str:
    """What `lab report` prints, with the labkit of the project."""
    without = {name: value for name, value in os.environ.items() if name != "LABKIT_CACHE"}
    command = [sys.executable, "-m", "labreport", "report", *options]
    env = without | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def touch(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")


def why(project: Project, **request: object) -> dict[str, list[str]]:
    return explain(project, Request(load_lab(project, "backprop"), **request))


def test_a_changed_figure_trains_nothing_and_a_changed_optimizer_trains_again(own_labkit: Path) -> None:
    touch(own_labkit / "labkit" / "figures" / "curves.py")
    assert "01_first: to be built\n  labkit/figures/curves.py changed\n" in report(own_labkit, "--why")
    said = report(own_labkit)
    assert "01_first: running (labkit/figures/curves.py changed)" in said
    assert "No training: 1 study from the cache." in said
    touch(own_labkit / "labkit" / "nn" / "optimizers.py")
    assert "Trained 1 study (200 epochs); 0 studies from the cache." in report(own_labkit)
    touch(own_labkit / "labreport" / "page" / "html" / "render.py")
    said = report(own_labkit)
    assert "01_first: writing (labreport/page/html/render.py changed)" in said
    assert "the notebooks were not run again" in said
    assert report(own_labkit, "--why").splitlines() == [
        f"{name}: up to date" for name in ("01_first", "02_second", "report")
    ]


def test_a_changed_line_of_the_program_is_printed(own_labkit: Path) -> None:
    """Also where no notebook shows anything else because of it."""
    page = own_labkit / "reports" / "backprop" / "report.html"
    file = own_labkit / "labkit" / "nn" / "optimizers.py"
    file.write_text(file.read_text(encoding="utf-8").replace("w ← w - lr g.", "A step downhill.", 1), encoding="utf-8")
    report(own_labkit)
    assert "A step downhill." in page.read_text(encoding="utf-8")


def test_every_file_that_training_imports_belongs_to_the_engine_or_is_known_to_play_no_part() -> None:
    package = Path(labkit.__file__).parent
    code = (
        # a bare package, without what labkit/__init__.py imports
        f"import sys, types\npackage = types.ModuleType('labkit')\npackage.__path__ = [{str(package)!r}]\n"
        "sys.modules['labkit'] = package\n"
        "import labkit.training.stack\nprint(*(name for name in sys.modules if name.startswith('labkit.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {name.removeprefix("labkit.") for name in done.stdout.split()}
    engine = {f"{folder}.{path.stem}" for folder in FOLDERS for path in (package / folder).glob("*.py")}
    assert imported - engine - set(FOLDERS) == NO_PART_IN_RESULTS
    assert engine - {f"{folder}.__init__" for folder in FOLDERS} <= imported


def test_why_names_every_kind_of_change_and_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    assert set(map(tuple, why(project).values())) == {
        ("first build",),
        ("01_first is to be run", "02_second is to be run"),
    }
    build(project)
    assert why(project) == {"01_first": [], "02_second": [], "report": []}
    assert why(project, parameters={"lr": "0.25"})["01_first"] == ["parameter lr is new"]
    (project.notebooks / "points.csv").write_text("1\n")
    assert why(project)["02_second"] == ["notebooks/points.csv is new"]
    (project.notebooks / "points.csv").unlink()
    write_notebook(project, "02_second", cell("# Other"))
    assert why(project) == {"01_first": [], "02_second": ["the notebook changed"], "report": ["02_second is to be run"]}
    monkeypatch.setattr(freshness, "version", lambda name: "9.9.9")
    freshness.package_versions.cache_clear()
    assert any(reason.startswith("package numpy changed from 2.") for reason in why(project)["01_first"])
    freshness.package_versions.cache_clear()
    monkeypatch.undo()
    assert "author changed from Your Name to Ming" in why(project, author="Ming")["01_first"]
    assert build(project)[0].executed == ["02_second"]


@pytest.mark.parametrize("damage", ["", "{", '{"pandoc": "0", "answers": {}}', '{"pandoc": 1}', "[]"])
def test_after_an_edit_of_text_pandoc_is_asked_for_that_text_alone(tmp_path: Path, monkeypatch, damage: str) -> None:
    project = make_project(tmp_path)
    build(project)
    before = report_files(project)
    kept = project.root / ".cache" / "pandoc" / "backprop.json"
    if damage:
        kept.write_text(damage)
    write_notebook(project, "02_second", cell("# Second\n\nOne sentence, *edited*."), cell("print('second')"))
    asked: list[str] = []
    convert_part = pandoc.convert_part
    monkeypatch.setattr(pandoc, "convert_part", lambda part: asked.extend(map(str, part)) or convert_part(part))
    monkeypatch.setattr(pandoc, "answers", {})  # as in a new process
    build(project)
    assert any("edited" in one for one in asked)
    assert any("The first notebook" in one for one in asked) == bool(damage)
    assert report_files(project)["report.html"] != before["report.html"]
    assert json.loads(kept.read_text())["answers"].keys() >= pandoc.asked


def test_a_table_that_a_notebook_makes_no_more_does_not_stay(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    table = "import pandas as pd\nfrom labkit import tables\n"
    table += "tables.show(pd.DataFrame({{'a': [1]}}), caption='A.', label='{}')"
    folder = project.reports("backprop") / "tables"
    for label in ("old", "new"):
        write_notebook(project, "02_second", cell("# Second"), cell(table.format(label)))
        assert not build(project)[0].errors
        assert [path.name for path in folder.iterdir()] == [f"02_second-{label}.csv"]


def test_runs_and_seconds_come_beside_the_report_once_a_run(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    write_notebook(project, "02_second", cell("# Second"), cell(f"{TRAIN}\n{TRAIN}"))
    assert not build(project)[0].errors
    folder = project.reports("backprop")
    assert len((folder / "runs" / "02_second.jsonl").read_text().splitlines()) == 2
    header, *rows = (folder / "seconds" / "02_second.csv").read_text().splitlines()
    assert header == "dataset,hidden_sizes,activation,optimizer,lr,batch_size,seed,epochs,seconds"
    assert [row.split(",")[0] for row in rows] == ["xor", "xor"]
    assert all(float(row.split(",")[-1]) > 0 for row in rows)


def test_the_cache_keeps_to_its_bound_and_forgets_what_was_used_longest_ago(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    config = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=10)
    study = run_study(config, seed=range(4))
    paths = [cache_path(run.config) for run in study.members]
    for age, path in enumerate(paths):
        os.utime(path, (1e9 - age, 1e9 - age))
    run_study(config, seed=[3])  # the oldest is used again
    size = paths[0].stat().st_size
    monkeypatch.setenv("LABKIT_CACHE_GB", str(2.5 * size / 1e9))
    n_entries, total, bound = bound_cache(tmp_path)
    assert n_entries == 2
    assert total <= bound
    assert [path.exists() for path in paths] == [True, False, False, True]


def test_another_machine_that_shares_the_folder_does_not_get_this_ones_runs(monkeypatch) -> None:
    config = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=10)
    run_study(config)
    assert run_study(config).n_trained == 0
    monkeypatch.setattr("labkit.experiments.cache.this_platform", lambda: "another")
    assert run_study(config).n_trained == 1


def test_a_half_written_entry_is_removed_once_it_is_old(tmp_path) -> None:
    part = tmp_path / "ab" / ".x.run.1234.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    bound_cache(tmp_path)
    assert part.exists()  # another build may be writing it now
    os.utime(part, (1e9, 1e9))
    assert bound_cache(tmp_path)[0] == 0
    assert not part.exists()


def test_a_damaged_entry_is_noticed_whatever_byte_is_wrong_and_trained_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    config = RunConfig(dataset="xor", hidden_sizes=(3,), n_epochs=10)
    run = run_study(config).members[0]
    path = cache_path(config)
    good = path.read_bytes()
    for place in (10, len(good) // 3, len(good) // 2, len(good) - 40):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        study = run_study(config)
        assert (study.members[0].flat == run.flat).all()
    with pytest.raises(LabError, match="damaged"):
        path.write_bytes(good[: len(good) // 2])
        load_run(path)
    assert (train_one(config).flat == run.flat).all()
