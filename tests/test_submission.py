"""Handing in: every check fires and says how to mend it; the zip holds what was built, in the same bytes anywhere."""

import base64
import io
import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from report_samples import png
from small_project import PARAMETERS, cell, make_project, write_notebook

from labkit import engine
from labkit.errors import LabError
from labkit.training.config import RunConfig
from labreport.__main__ import main
from labreport.hand_in import bundle, submission_checks
from labreport.hand_in.page_map import read_page_map
from labreport.hand_in.submission import Work, put_together
from labreport.page.document import Chapter, ReportMeta
from labreport.page.pdf.render import render_pdf
from labreport.project.labs import load_lab
from labreport.project.project import Project
from labreport.run import execute

LAB = """\
[report]
title = "A small lab"
[author]
name = "王小明"
student_id = "B-31_7"
[[notebooks]]
path = "01_first"
parameters = { n_seeds = 2 }
[[notebooks]]
path = "02_second"
[profiles.quick."01_first"]
n_seeds = 1
"""
TRAINING = """\
from labkit import RunConfig, run_study
study = run_study(RunConfig(n_epochs=20, hidden_sizes=(2,)), lr=[0.1, 1.0], seed=range(n_seeds))
wild = RunConfig(n_epochs=20, hidden_sizes=(), output_activation="identity", dataset="linear", lr=1e9)
print(len(study.runs), run_study(wild).runs.stopped[0])"""
FILES = """\
import os
from pathlib import Path
made = Path(os.environ["LABKIT_PRODUCTS"], "made", "tables")
made.mkdir(parents=True)
(made / "sizes.csv").write_text("a,b\\n1,2\\n")
(made.parent / "submission.csv").write_text("id,label\\n0,1\\n")"""
ANSWER = "The steps are too large, and the run diverges."
SECOND = (cell("# The second notebook\n\n## 二、方法\n\n![Dot](dot.png)"), cell(FILES))
STUDENT = "B-31_7_backprop"


def markdown(source: str | list[str], *tags: str) -> dict:
    return cell("# ", *tags) | {"source": source}


def write_sources(root: Path) -> Project:
    """A lab of two notebooks: one trains, also a run that diverges, the other makes a table and a submission.csv."""
    project = make_project(root, LAB)
    write_notebook(
        project,
        "01_first",
        cell("# The first notebook\n\n## What is asked"),
        cell(PARAMETERS, "parameters"),
        cell(TRAINING),
        markdown("> Why?"),
        markdown(ANSWER, "answer"),
    )
    write_notebook(project, "extras/unused", cell("# No part of the lab"))
    write_notebook(project, "02_second", *SECOND)
    Image.new("L", (4, 4)).save(project.notebooks / "dot.png")
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, tmp_path_factory.mktemp("cache"))
        project = write_sources(tmp_path_factory.mktemp("built"))
        assert command(project, "report") == 0
        yield project


@pytest.fixture
def copied(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    clean_environment(monkeypatch, tmp_path / "cache")
    return Project(Path(shutil.copytree(built.root, tmp_path / "copy")))


def clean_environment(patch: pytest.MonkeyPatch, cache: Path) -> None:
    for name in [name for name in os.environ if name.startswith("LABKIT_")]:
        patch.delenv(name)
    patch.setenv("LABKIT_CACHE", str(cache))


def command(project: Project, *arguments: str) -> int:
    return main(["--root", str(project.root), *arguments])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def lab_file(project: Project) -> Path:
    return project.labs / "backprop.toml"


def report(project: Project, name: str) -> Path:
    return project.reports("backprop") / name


def read_zip(project: Project, name: str = STUDENT) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(report(project, f"{name}.zip").read_bytes()))


def test_what_is_handed_in(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(copied, "submit") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert report(copied, f"{STUDENT}.pdf").read_bytes() == report(copied, "report.pdf").read_bytes()
    archive = read_zip(copied)
    assert archive.namelist() == [
        "MANIFEST.json",
        "executed/01_first.ipynb",
        "executed/02_second.ipynb",
        "pages.csv",
        "report.html",
        "report.pdf",
        "runs/01_first.jsonl",
        "source/01_first.ipynb",
        "source/02_second.ipynb",
        "source/dot.png",
        "source/labs/backprop.toml",
        "submission.csv",
        "tables/02_second-sizes.csv",
    ]
    assert archive.read("source/labs/backprop.toml") == lab_file(copied).read_bytes()
    assert archive.read("executed/02_second.ipynb") == report(copied, "notebooks/02_second.ipynb").read_bytes()
    runs = [json.loads(line) for line in archive.read("runs/01_first.jsonl").splitlines()]
    assert [run["stopped"] for run in runs] == ["n_epochs"] * 4 + ["diverged"]

    manifest = json.loads(archive.read("MANIFEST.json"))
    assert sorted(manifest) == sorted(bundle.MANIFEST_KEYS)
    assert (manifest["author"], manifest["student_id"], manifest["lab"]) == ("王小明", "B-31_7", "backprop")
    assert manifest["notebooks"][1] == {"name": "02_second", "key": "02_second", "part": ""}
    report_of = ReportMeta("A small lab", author="王小明", student_id="B-31_7", command="make report LAB=backprop")
    made = {"made_with": manifest["report"]["made_with"], "engine": engine.LOADED}
    assert manifest["report"] == vars(report_of) | made
    assert f"Python {manifest['versions']['python']}, numpy {manifest['versions']['numpy']}" in made["made_with"]
    assert manifest["n_runs"] == 5
    assert manifest["commit"] is None
    assert manifest["files"].keys() == set(archive.namelist()) - {"MANIFEST.json"}
    for name, expected in manifest["files"].items():
        assert sha256(archive.read(name)).hexdigest() == expected

    packed = report(copied, f"{STUDENT}.zip").read_bytes()
    assert f"SHA-256 {sha256(packed).hexdigest()}" in out
    assert "5 runs" in out
    assert re.search(r"\n +\d+  2 The second notebook\n", out)
    assert "2.1" not in out


def test_every_section_has_its_page(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(copied, "submit", "--pages") == 0
    assert "1.1 What is asked" in capsys.readouterr().out
    lines = read_zip(copied).read("pages.csv").decode().splitlines()
    assert lines[:5] == [
        "section,title,page",
        "1,The first notebook,1",
        "1.1,What is asked,1",
        "2,The second notebook,1",
        "2.1,二、方法,1",
    ]


def test_the_same_bytes_in_another_folder_at_another_time(
    built: Project, copied: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Project(Path(shutil.copytree(built.root, tmp_path / "first")))
    assert command(first, "submit") == 0
    for path in copied.root.rglob("*"):
        os.utime(path, (0, 10**9))
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert command(copied, "submit") == 0
    monkeypatch.undo()
    clean_environment(monkeypatch, tmp_path / "another cache")
    anew = write_sources(tmp_path / "built anew, elsewhere")
    assert command(anew, "report") == 0
    assert command(anew, "submit") == 0
    packed = report(first, f"{STUDENT}.zip").read_bytes()
    assert report(copied, f"{STUDENT}.zip").read_bytes() == packed
    assert report(anew, f"{STUDENT}.zip").read_bytes() == packed
    entries = read_zip(first).infolist()
    assert {entry.date_time for entry in entries} == {bundle.DATE}
    assert {(entry.create_system, entry.external_attr) for entry in entries} == {(3, bundle.MODE)}


def placeholder_author(project: Project) -> None:
    edit(lab_file(project), "王小明", "Your Name")
    assert command(project, "report") == 0


def placeholder_number(project: Project) -> None:
    edit(lab_file(project), "B-31_7", "Your student number")
    assert command(project, "report") == 0


def empty_answer(project: Project) -> None:
    edit(project.notebooks / "01_first.ipynb", ANSWER, "<!-- here --> ___")


def changed_data(project: Project) -> None:
    (project.notebooks / "dot.png").write_bytes(b"another")


def no_record(project: Project) -> None:
    report(project, "build.json").unlink()


def failed(project: Project) -> None:
    edit(project.notebooks / "02_second.ipynb", "import os", "import oss")
    assert command(project, "report") == 1


def quick(project: Project) -> None:
    assert command(project, "report", "--profile", "quick") == 0


def silent_about_divergence(project: Project) -> None:
    edit(project.notebooks / "01_first.ipynb", "and the run diverges", "and so on")
    edit(project.notebooks / "01_first.ipynb", "stopped[0]", "epochs[0]")
    assert command(project, "report") == 0


def no_html(project: Project) -> None:
    report(project, "report.html").unlink()


def cut_pdf(project: Project) -> None:
    path = report(project, "report.pdf")
    path.write_bytes(path.read_bytes()[:5000])


def pdf_of_one_chapter(project: Project) -> None:
    shutil.copy(report(project, "01_first.pdf"), report(project, "report.pdf"))


def damaged_runs(project: Project) -> None:
    edit(report(project, "runs/01_first.jsonl"), '{"config"', '{"konfig"')


def impossible_run(project: Project) -> None:
    edit(report(project, "runs/01_first.jsonl"), '"activation": "sigmoid"', '"activation": "sigmoidal"')


def odd_name(project: Project) -> None:
    (project.notebooks / "a\\b.txt").write_text("x")
    assert command(project, "report") == 0


STALE = "the report is older than what it is made from"


SPOILED = [
    (placeholder_author, ["the author is not filled in"], "write it as `name` into [author] of notebooks/labs/"),
    (placeholder_number, ["the student number is not filled in"], "write it as `student_id` into [author] of"),
    (empty_answer, [STALE, "these answers are empty\n  01_first, cell 5"], "write them in your own words, and run"),
    (changed_data, [f"{STALE}\n  01_first: notebooks/dot.png changed"], "run `make report LAB=backprop`\n"),
    (no_record, [f"{STALE}\n  01_first: first build\n  02_second: first build"], "run `make report LAB=backprop`\n"),
    (failed, ["02_second failed when it was last run: reports/backprop/failed/", STALE], "mend the cell that it ends"),
    (quick, ["01_first was built with other parameters: n_seeds = 1 instead of 2"], "run `make report LAB=backprop`,"),
    (silent_about_divergence, ["01_first: 1 of its runs diverged, and it does not say so"], "write what became of"),
    (no_html, ["there is no report in reports/backprop"], "run `make report LAB=backprop`"),
    (cut_pdf, [f"{STALE}\n  report: report.pdf is damaged", "report.pdf: the PDF cannot be opened: "], "run `make"),
    (pdf_of_one_chapter, [STALE, "report.pdf lacks 4 of the 7 sections of report.html"], "run `make report"),
    (damaged_runs, [STALE, "the recorded runs cannot be read: runs/01_first.jsonl, line 1, is not"], "remove reports/"),
    (impossible_run, [STALE, "the recorded runs cannot be read: runs/01_first.jsonl, line 1: activation"], "remove re"),
]
if os.name != "nt":  # Windows has no such names
    SPOILED.append((odd_name, ["'notebooks/a\\\\b.txt' has a name that not every system can unpack"], "rename it"))


@pytest.mark.parametrize(("spoil", "problems", "mend"), SPOILED, ids=[spoil.__name__ for spoil, _, _ in SPOILED])
def test_each_finding_keeps_the_report_back(
    copied: Project,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Project], None],
    problems: list[str],
    mend: str,
) -> None:
    spoil(copied)
    capsys.readouterr()
    assert command(copied, "submit") == 1
    out, err = capsys.readouterr()
    assert out == ""
    for problem in problems:
        assert f"error: {problem}" in err
    assert err.count("error: ") == len(problems)
    assert f"  how to mend it: {mend}" in err
    assert "Nothing was written." in err
    assert not list(copied.reports("backprop").glob("*.zip"))
    assert not report(copied, f"{STUDENT}.pdf").exists()


def test_a_name_on_the_line_is_written_into_the_report_and_runs_no_code(copied: Project, monkeypatch) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    assert command(copied, "submit", "--author", "Ming Li", "--student-id", "99") == 0
    assert "Ming Li" in report(copied, "report.html").read_text(encoding="utf-8")
    assert report(copied, "99_backprop.zip").exists()


def test_answers_that_came_with_the_lab_are_one_finding_and_can_be_forced(copied: Project, capsys) -> None:
    edit(copied.notebooks / "01_first.ipynb", ANSWER, f"<!-- model answer -->\\n{ANSWER}")
    edit(copied.notebooks / "02_second.ipynb", "import os\\n", "### BEGIN SOLUTION\\nimport os\\n### END SOLUTION\\n")
    assert command(copied, "report") == 0
    assert command(copied, "submit") == 1
    found = "these answers are those that came with the lab\n  01_first, cell 5\n  02_second, cell 2\n"
    assert f"error: {found}" in (err := capsys.readouterr().err) and err.count("error: ") == 1
    assert command(copied, "submit", "--force-answers") == 0
    assert f"note: {found}" in capsys.readouterr().err


def test_what_failed_and_was_put_back_is_no_finding(copied: Project) -> None:
    failed(copied)
    edit(copied.notebooks / "02_second.ipynb", "import oss", "import os")
    assert command(copied, "submit") == 0


def test_too_large(copied: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_ZIP", 100_000)
    (copied.notebooks / "noise.bin").write_bytes(os.urandom(150_000))
    assert command(copied, "report") == 0
    assert command(copied, "submit") == 1
    err = capsys.readouterr().err
    assert re.search(rf"error: reports/backprop/{STUDENT}\.zip would be 0\.\d MB, more than 0\.1 MB", err)
    assert "the largest are source/noise.bin (0.1 MB)" in err or "the largest are source/noise.bin (0.2 MB)" in err
    monkeypatch.setattr(bundle, "MAX_CONTENT", 140_000)
    assert command(copied, "submit") == 1
    assert "error: the files together would be 0." in capsys.readouterr().err
    assert not list(copied.reports("backprop").glob("*.zip"))


@pytest.mark.parametrize(
    "author", ["", " Your Name", "…", "A\nB", "A\x1b[31mB", "\u202etxt.exe", "caf\udce9", "x" * 201, "A\u2028B", "\0"]
)
def test_authors_that_cannot_be(tmp_path: Path, author: str) -> None:
    project = make_project(tmp_path)
    work = Work(project, load_lab(project, "backprop"), author, "31")
    (finding,) = submission_checks.author_is_filled_in(work)
    assert "author" in finding.problem
    assert finding.problem.isprintable()
    assert finding.mend.isprintable()


@pytest.mark.parametrize(
    "author", ["王小明", 'O\'Hara "$x" `id`', "<script>alert(1)</script>", "José Á. Müller, B. Doe"]
)
def test_authors_that_can_be(tmp_path: Path, author: str) -> None:
    project = make_project(tmp_path)
    assert not list(submission_checks.author_is_filled_in(Work(project, load_lab(project, "backprop"), author, "31")))


@pytest.mark.parametrize(
    "number",
    [
        *(
            "",
            "Your student number",
            "../31",
            "..",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "C:x",
            "31 7",
            "31\n",
            "-rf",
            "_x",
            ".",
        ),
        *("３１", "王", "31\0", "x" * 41, "%2e%2e", "$(id)", "a.b", "~", "\u202e31"),
    ],
)
def test_numbers_that_cannot_be(tmp_path: Path, number: str) -> None:
    project = make_project(tmp_path)
    work = Work(project, load_lab(project, "backprop"), "A", number)
    (finding,) = submission_checks.number_is_filled_in(work)
    assert "student number" in finding.problem
    assert finding.problem.isprintable()
    assert "STUDENT_ID=" in finding.mend


def test_hostile_number_writes_nothing_anywhere(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(copied.root.parent.rglob("*"))
    assert command(copied, "submit", "--student-id", "../../../x") == 1
    assert "got '../../../x'" in capsys.readouterr().err
    assert sorted(copied.root.parent.rglob("*")) == before


def test_number_that_would_overwrite_a_notebook(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    lab_file(project).rename(project.labs / "first.toml")
    work = Work(project, load_lab(project, "first"), "A", "01")
    (finding,) = submission_checks.number_is_filled_in(work)
    assert finding.problem.startswith("01_first is the name of the zip, and of a notebook")


def test_the_name_on_the_line_of_the_report_is_enough(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    edit(lab_file(copied), "王小明", "Your Name")
    edit(lab_file(copied), "B-31_7", "Your student number")
    assert command(copied, "report", "--author", "Ada", "--student-id", "7") == 0
    assert command(copied, "submit") == 0
    assert "Ready to hand in, by Ada (7):" in capsys.readouterr().out
    assert json.loads(read_zip(copied, "7_backprop").read("MANIFEST.json"))["author"] == "Ada"
    edit(copied.notebooks / "02_second.ipynb", "import os", "import os  # once more")
    assert command(copied, "submit") == 1
    assert "run `make report LAB=backprop AUTHOR=Ada STUDENT_ID=7`" in capsys.readouterr().err


def test_notes_keep_nothing_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    clean_environment(monkeypatch, tmp_path / "cache")
    project = make_project(tmp_path / "project", LAB.replace("parameters = { n_seeds = 2 }\n", ""))
    plot = "display({'application/vnd.plotly.v1+json': {}}, raw=True)"
    write_notebook(project, "02_second", cell("# The second notebook"), cell(plot))
    assert command(project, "report") == 0
    not_shown = "02_second, cell 2: interactive output, not shown: application/vnd.plotly.v1+json"
    assert capsys.readouterr().out.count(f"warning: {not_shown}") == 1  # for four pages
    report(project, "30_backprop.zip").write_bytes(b"older")
    assert command(project, "submit") == 0
    err = capsys.readouterr().err
    assert f"note: {not_shown}" in err
    assert "note: no run is recorded" in err
    assert "note: reports/backprop also holds 30_backprop.zip" in err
    assert "error" not in err
    assert command(project, "submit", "backprp") == 2
    assert "lab must be one of 'backprop'; got 'backprp' (did you mean" in capsys.readouterr().err


def test_a_picture_without_caption_builds_and_is_refused(tmp_path: Path, monkeypatch, capsys) -> None:
    clean_environment(monkeypatch, tmp_path / "cache")
    project = make_project(tmp_path / "project", LAB.replace("parameters = { n_seeds = 2 }\n", ""))
    plot = f"display({{'image/png': {png()!r}}}, raw=True)"
    (project.root / "above.png").write_bytes(base64.b64decode(png()))
    texts = "# More\n\n![Gone](gone.png)\n\n![Above](../above.png)\n\n![Of this machine](../../x.png)"
    write_notebook(project, "02_second", cell("# The second notebook"), cell(plot), cell(texts))
    assert command(project, "report") == 0
    no_caption = "02_second, cell 2: a picture has no caption: figures.show(figure, caption="
    gone = "02_second, cell 3: image left out: gone.png: there is no such file"
    elsewhere = "02_second, cell 3: image left out: ../../x.png: it must be a file below the folder 'project'"
    said = capsys.readouterr().out
    assert [said.count(f"warning: {one}") for one in (no_caption, gone, elsewhere)] == [1, 1, 1]
    assert command(project, "submit") == 1
    said = capsys.readouterr().err
    for one in (no_caption, gone, elsewhere, "the report shows above.png, which is not handed in"):
        assert f"error: {one}" in said


def test_files_that_change_while_they_are_read(copied: Project) -> None:
    work = Work(copied, load_lab(copied, "backprop"))
    work.built["tables/02_second-sizes.csv"].write_text("a,b\n1,3\n")
    with pytest.raises(LabError, match=r"02_second-sizes.csv changed while it was read; is a build at work\?"):
        put_together(work)


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("", True),
        (" \n ", True),
        ("<!-- write\nhere -->", True),
        ("_____", True),
        ("…", True),
        ("TODO", True),
        ("*Your answer here.*", True),
        ("答案：", True),
        ("No.", False),
        ("因為", False),
        ("$x$", False),
        ("The answer is 3.", False),
    ],
)
def test_empty_answers(tmp_path: Path, text: str, empty: bool) -> None:
    project = make_project(tmp_path)
    write_notebook(project, "02_second", cell("# Second"), markdown([text], "answer"))
    found = list(submission_checks.answers_are_written(Work(project, load_lab(project, "backprop"))))
    assert [finding.problem for finding in found] == ["these answers are empty\n  02_second, cell 2"] * empty


def test_page_map_of_deep_and_long_sections() -> None:
    text = "word " * 900
    source = f"# Title\n\n## One\n\n{text}\n\n### $x^2$ und\n\n#### Deep\n\n##### Deeper\n\n## Two, last\n"
    notebook = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": source}]}
    chapters = [Chapter(name, notebook, Path()) for name in ("a", "b")]
    page_map = read_page_map(render_pdf(chapters, ReportMeta("Report")))
    numbers = [section.number for section in page_map.sections]
    assert numbers == [*(f"{i}{end}" for i in (1, 2) for end in ("", ".1", ".1.1", ".1.1.1", ".2")), "A"]
    pages = [section.page for section in page_map.sections]
    assert pages == sorted(pages)
    assert pages[0] == pages[1] == 1
    assert pages[4] > 1
    assert pages[-1] <= page_map.n_pages
    assert page_map.sections[-2].title == "Two, last"


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"no PDF at all", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n"]
)
def test_a_pdf_that_is_none(content: bytes) -> None:
    with pytest.raises(LabError, match="the PDF cannot be opened"):
        read_page_map(content)


def test_run_lines() -> None:
    config = RunConfig().as_dict()
    run = {"config": config, "results": {}, "epochs": 1, "stopped": "n_epochs", "weights": "", "history": ""}
    line = json.dumps(run).encode()
    assert len(bundle.runs_of(line + b"\n" + line + b"\n", "runs/x.jsonl")) == 2
    for wrong in (b"[]", b"{}", b"nonsense", b"1", b"\xff", line.replace(b'"epochs"', b'"epoch"')):
        with pytest.raises(LabError, match=r"runs/x.jsonl, line 2, is not a run with config, results"):
            bundle.runs_of(line + b"\n" + wrong, "runs/x.jsonl")
