"""A change of text runs no code, and gives what running again would give; a change of code runs."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_project import PARAMETERS, build, cell, make_project, report_files, write_notebook

from labreport.build.build import Outcome, build_lab
from labreport.build.request import Request
from labreport.build.terminal import Terminal
from labreport.project.labs import load_lab
from labreport.project.project import Project
from labreport.run import execute
from labreport.run.captions import found_values, showings

TEXT = "# First\n\nSee @fig-line."
IMPORTS = "import pandas as pd\nfrom labkit import figures, say, tables\nn = 3"
FIGURE = """\
ax = figures.panels("A line", height=2)
ax.plot([1, 2])
figures.show(ax, caption="A line of two points.", alt="A line.", label="line")"""
TABLE = 'tables.show(pd.DataFrame({"a": [1.5]}), caption=f"Of {n} numbers, one.", label="one")'
SAY = 'say(f"There are {n} runs, and {2 * n} lines.", when=n > 5)'
FOUND = 'say("It is so.", answers="Is it so?")'
CELLS = [cell(TEXT), cell(PARAMETERS, "parameters"), *map(cell, (IMPORTS, FIGURE, TABLE, SAY, FOUND))]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_project(tmp_path_factory.mktemp("built"))
    write_notebook(project, "01_first", *CELLS)
    outcome, printed = build(project, profile="quick")
    assert not outcome.errors, printed
    return project


def edited(place: int, before: str, after: str) -> list[dict]:
    """The cells with one text replaced in one of them."""
    assert before in CELLS[place]["source"]
    changed = CELLS[place] | {"source": CELLS[place]["source"].replace(before, after)}
    return [*CELLS[:place], changed, *CELLS[place + 1 :]]


def tagged(place: int, *tags: str) -> list[dict]:
    return [*CELLS[:place], CELLS[place] | {"metadata": {"tags": list(tags)}}, *CELLS[place + 1 :]]


EDITS = {
    "prose": edited(0, "See", "Look at"),
    "title": edited(0, "First", "The first"),
    "a new cell of text": [*CELLS[:3], cell("# \n\nA word more."), *CELLS[3:]],
    "no text": [*CELLS[1:3], cell("# See @fig-line."), *CELLS[3:]],
    "the order of texts": [*CELLS[1:3], CELLS[0], *CELLS[3:]],
    "tag of a text": tagged(0, "answer"),
    "tag of code": tagged(3, "remove-input"),
    "a tag shows code": tagged(2, "show-code"),
    "folded": [CELLS[0] | {"metadata": {"collapsed": True}}, *CELLS[1:]],
    "caption of a figure": edited(3, "of two points", 'through two "points"'.replace('"', "'")),
    "caption on two lines": edited(3, '"A line of two points."', '"A line "\n    "through points."'),
    "alt text": edited(3, "A line.", "A straight line, rising."),
    "caption and alt text": [
        *CELLS[:3],
        cell(FIGURE.replace("A line", "A polygon").replace('s("A polygon', 's("A line')),
        *CELLS[4:],
    ],
    "caption with a number": edited(4, "Of {n} numbers, one.", "One of {n} numbers is shown."),
    "sentence that does not hold": edited(5, "There are {n} runs, and", "We have {n} runs and"),
    "finding": edited(6, "It is so.", "It is indeed so."),
    "question": edited(6, "Is it so?", "Is it really so?"),
    "Chinese": edited(3, "A line of two points", "兩點之間的直線"),
    "quotes": edited(6, '"It is so."', "'It is \"so\".'"),
}


NAMES = {edit: f"{number:02}_{edit.replace(' ', '_')}" for number, edit in enumerate(EDITS, start=1)}
EACH = """\
[report]
title = "A lab with a notebook for each edit"
[author]
name = "Your Name"
""" + "".join(f'[[notebooks]]\npath = "{name}"\n' for name in NAMES.values())


@dataclass
class Edited:
    """What building without running said, and the files that it wrote beside those that running gives."""

    outcome: Outcome
    printed: str
    written: dict[str, bytes]
    run: dict[str, bytes]

    def differing(self, within: str = "") -> list[str]:
        """The names of files that are not the same on both sides."""
        names = sorted(name for name in self.written.keys() | self.run.keys() if within in name)
        assert names
        return [name for name in names if self.written.get(name) != self.run.get(name)]


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """A notebook for each edit: built, edited, and built again where nothing can run; and run as it is edited."""
    project, other = (make_project(tmp_path_factory.mktemp(name), EACH) for name in ("edited", "run"))
    for name in NAMES.values():
        write_notebook(project, name, *CELLS)
    assert not build(project)[0].errors
    for place in (project, other):
        for edit, cells in EDITS.items():
            write_notebook(place, NAMES[edit], *cells)
    assert not build(other)[0].errors
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "run_notebook", None)
        outcome, printed = build(project)
    written = report_files(project)
    assert build(project)[0].built == []
    return Edited(outcome, printed, written, report_files(other))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_text_runs_no_code_and_gives_what_running_gives(every: Edited, edit: str) -> None:
    name = NAMES[edit]
    assert name not in every.outcome.executed and name not in every.outcome.errors
    assert f"{name}: writing (its text changed)" in every.printed
    assert every.differing(name) == []


def test_the_report_of_all_edits_is_what_running_gives(every: Edited) -> None:
    assert (every.outcome.executed, every.outcome.errors) == ([], {}), every.printed
    assert every.differing() == []


CODE = {
    "a number": edited(2, "3", "4"),
    "a comment": edited(2, "n = 3", "n = 3  # runs"),
    "what a caption computes": edited(4, "{n}", "{n + 1}"),
    "the condition": edited(5, "n > 5", "n > 2"),
    "a caption less": edited(3, 'caption="A line of two points."', 'caption=""'),
    "a caption that is computed": edited(3, '"A line of two points."', '"A line of two points".upper()'),
    "order": [*CELLS[:3], CELLS[4], CELLS[3], *CELLS[5:]],
    "a cell less": CELLS[:6],
    "tag that changes the run": tagged(3, "raises-exception"),
    "label of a table": edited(4, 'label="one"', 'label="two"'),
    "argument": edited(4, "1.5", "2.5"),
}


@pytest.mark.parametrize("cells", CODE.values(), ids=CODE)
def test_an_edit_of_code_runs(copied: Project, cells, monkeypatch) -> None:
    write_notebook(copied, "01_first", *cells)
    ran = []
    monkeypatch.setattr(execute, "run_notebook", lambda source, *_: ran.append(source.name) or 1 / 0)
    build(copied, profile="quick")
    assert ran == ["01_first"]


NOT_OURS = {
    "another figures": "class figures:\n    def show(caption): print(len(caption))",
    "another say": "def say(text): print(len(text))",
    "changed in place": "figures.show = print",
    "imported from elsewhere": "from textwrap import dedent as say",
    "everything imported": "from os import *",
    "assigned": "say = print",
}


@pytest.mark.parametrize("code", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_labkits_is_code(code: str) -> None:
    from labreport.run.executed import what_runs

    def notebook(text: str) -> list[dict]:
        return [cell(IMPORTS), cell(code), cell(f'figures.show(caption="{text}")'), cell(f'say("{text}")')]

    assert what_runs(notebook("one")) != what_runs(notebook("two"))


def test_words_are_found_only_where_their_places_are_certain() -> None:
    def values(given: str, source: str) -> list[str] | None:
        return found_values(given, showings(f"say({source})")[0].texts["text"])

    assert values("Of 3 runs 2 diverge", 'f"Of {n} runs {k} diverge"') == ["3", "2", ""]
    assert values("Of 3 runs", 'f"Of {n}{m} runs"') is None  # where does the first end?
    assert values("in in in", 'f"{n} in {m}"') == ["in", "in", ""]
    assert values("a in b in c", 'f"{n} in {m}"') is None
    assert values("Of 3 rums", 'f"Of {n} runs"') is None


def test_words_that_are_found_twice_are_run(copied: Project) -> None:
    """Two figures of one caption in a cell: which of them is meant is not certain."""
    twice = FIGURE + "\n" + FIGURE.replace("line", "other").replace("A other of", "A line of")
    for text in ("A line", "A path"):
        write_notebook(copied, "01_first", *CELLS[:3], cell(twice.replace("A line of", f"{text} of", 1)), *CELLS[4:])
        outcome, printed = build(copied, profile="quick")
        assert (outcome.executed, outcome.errors) == (["01_first"], {}), printed


def test_an_author_of_another_name_runs_no_code(copied: Project, monkeypatch) -> None:
    monkeypatch.setattr(execute, "run_notebook", None)
    outcome, _ = build(copied, profile="quick", author="Ming", student_id="7")
    assert outcome.executed == [] and not outcome.errors


def test_a_notebook_that_was_run_elsewhere_keeps_its_cell_of_given_parameters(tmp_path: Path, monkeypatch) -> None:
    project = make_project(tmp_path)
    own = cell("lr = 0.25", "injected-parameters")
    for text in ("One.", "Two."):
        write_notebook(project, "01_first", cell(f"# First\n\n{text}"), CELLS[1], own, cell("print(lr)"))
        outcome = build_lab(
            project, Request(load_lab(project, "backprop"), parameters={"lr": "0.125"}), Terminal(io.StringIO())
        )
        assert not outcome.errors
        monkeypatch.setattr(execute, "run_notebook", None)
    page = (project.reports("backprop") / "01_first.html").read_text(encoding="utf-8")
    assert "Two." in page and "0.125" in page
