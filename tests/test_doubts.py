"""What an author should look at: sentences that do not hold in this run, and figures that no sentence names."""

import json

import pytest
from report_samples import META, chapter, code, figure, markdown, shown, table
from small_project import build, cell, make_project, write_notebook

from labreport.__main__ import main
from labreport.page.html.render import write_html
from labreport.page.reading import read_chapters
from labreport.project.project import Project

GRID = "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
SAID = """\
from IPython.display import display
def show(text, **report):
    display({"text/markdown": text}, raw=True, metadata={"report": report})
"""
MISSED = SAID + 'show("It is not so.", kind="sentence", missed="Larger is\\nbetter.")'
HOLDS = SAID + 'show("Larger is better.", kind="sentence")'
DOUBT = "02_second, cell 2: the sentence does not hold in this run: Larger is better."


def doubts(*chapters, alone: bool = False) -> list[str]:
    for one in chapters:
        one.alone = alone
    document = read_chapters(list(chapters), META)
    write_html(document)
    return document.doubts


def test_what_does_not_hold_is_told_with_its_cell():
    output = shown({"text/markdown": "Not so."}, kind="finding", question="Is it?", missed="It is.")
    drawn = figure("Not here.", label="a")
    drawn["metadata"]["report"]["missed"] = "They agree."
    assert doubts(chapter(markdown("# T\n\n@fig-a"), code("say()", output), code("draw()", drawn))) == [
        "01_basic_training, cell 2: the sentence does not hold in this run: It is.",
        "01_basic_training, cell 3: what the caption says does not hold in this run: They agree.",
    ]


def unnamed():
    return chapter(
        markdown("# T\n\n$$a \\label{eq-a}$$ $$b$$\n\n@fig-named, `@fig-rates`"),
        code("x", figure(label="rates"), figure(), figure(label="named")),
        code("x", table(GRID, "Units.", "units"), table(GRID)),
        code("lr = 0.1  # rate", tags=("parameters",)),
        name="a",
    )


def test_what_no_sentence_names_is_told():
    assert doubts(unnamed()) == [
        "a, cell 1: no sentence names the equation @eq-a",
        "a, cell 2: no sentence names the figure @fig-rates",
        "a, cell 2: the figure has no label to name it by",
        "a, cell 3: no sentence names the table @tbl-units",
    ]


def test_another_notebook_may_name_it_and_alone_nothing_is_known_of_that():
    other = chapter(markdown("# O\n\n@fig-rates, @tbl-units and @eq-a."), name="b")
    assert doubts(unnamed(), other) == ["a, cell 2: the figure has no label to name it by"]
    assert doubts(unnamed(), alone=True) == []


@pytest.fixture
def project(tmp_path) -> Project:
    project = make_project(tmp_path)
    write_notebook(project, "02_second", cell("# The second notebook"), cell(MISSED))
    return project


def report(project: Project, *options: str) -> int:
    return main(["--root", str(project.root), "report", *options])


def test_a_build_warns_once_and_says_it_again_when_there_is_nothing_to_do(project):
    assert build(project)[0].doubts == [DOUBT]
    outcome, _ = build(project)
    assert (outcome.built, outcome.doubts) == ([], [DOUBT])
    assert json.loads((project.reports("backprop") / "build.json").read_text())["report"]["doubts"] == [DOUBT]
    write_notebook(project, "02_second", cell("# The second notebook"), cell(HOLDS))
    assert build(project)[0].doubts == []


def test_a_strict_build_fails_and_tells_where_the_files_are(project, capsys):
    assert report(project) == 0
    out, err = capsys.readouterr()
    assert f"\nlook at: {DOUBT}\n" in out and err == ""
    assert report(project, "--strict") == 1
    out, err = capsys.readouterr()
    assert f"\nlook at: {DOUBT}\n" in out and "reports/backprop/report.pdf" in out
    assert err == "\nerror: with --strict, every sentence must hold, and every figure must be named\n"
    write_notebook(project, "02_second", cell("# The second notebook"), cell(HOLDS))
    assert report(project, "--strict") == 0
    assert capsys.readouterr().err == ""


def test_what_is_for_those_who_edit_is_not_printed():
    cells = [
        markdown("# T"),
        markdown("> What do you see?"),
        markdown("I see it."),
        code("lr = 1", shown({"text/plain": "secret"}), tags=("parameters",)),
        code("lr = 2", tags=("injected-parameters",)),
    ]
    cells[1]["metadata"]["tags"] = ["prompt"]
    cells[2]["metadata"]["tags"] = ["answer"]
    page = write_html(read_chapters([chapter(*cells)], META))
    assert "I see it." in page
    for words in ("What do you see?", "lr = 1", "lr = 2</", "secret"):
        assert words not in page
