"""`lab params`: every parameter with its words, aligned, and nothing cut on a narrow screen."""

import sys

import pytest
from small_project import LAB, PARAMETERS, cell, make_project, write_notebook

from labreport.__main__ import main
from labreport.cli.columns import aligned_lines, broken, needed, screen_width

MEANING = "seeds, and more words than a narrow screen has room for on a line of its own, 中文也要"
ROWS = [["name", "value"], ["hidden_sizes", "(10, 10, 10, 10)"], ["中文", "字字字字字字"]]


@pytest.fixture
def project(tmp_path):
    lab = LAB.replace('"01_first"\n', '"01_first"\nparameters = { lr = 2 }\n', 1)
    return make_project(tmp_path / "project", lab)


def printed(capsys, project, *arguments):
    assert main(["--root", str(project.root), "params", *arguments]) == 0
    return capsys.readouterr().out


def test_the_default_lab_with_its_values(capsys, project):
    assert printed(capsys, project).splitlines() == [
        "notebooks/01_first.ipynb",
        "  name          type          default  backprop  range    meaning",
        "  n_seeds       int           3                  1 .. 10  seeds of each setting",
        "  hidden_sizes  tuple of int  (4, 4)             >= 1     units of the hidden layers",
        "  lr            float         0.5      2.0       > 0      learning rate = step size",
        "",
        "notebooks/02_second.ipynb",
        "  no parameters",
    ]


def test_a_profile_and_chosen_notebooks(capsys, project):
    out = printed(capsys, project, "backprop", "01", "--profile", "quick")
    assert "02_second" not in out
    assert "default  backprop, quick  range" in out
    assert "hidden_sizes  tuple of int  (4, 4)   (7, 8)" in out


def test_without_values_of_the_lab_there_is_no_column_for_them(capsys, tmp_path):
    assert "default  range" in printed(capsys, make_project(tmp_path / "project"), "01")


@pytest.mark.parametrize("width", [120, 60, 30])
def test_on_a_terminal_nothing_is_cut_and_no_name_broken(capsys, project, monkeypatch, width):
    long = f"n_seeds_of_a_long_name = 3  # {MEANING} [1 .. 10]\n"
    write_notebook(project, "01_first", cell(long + PARAMETERS, "parameters"))
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True)
    out = printed(capsys, project, "01")
    assert "n_seeds_of_a_long_name" in out
    assert "".join(MEANING.split()) in "".join(out.split())
    longest = max(map(screen_width, out.splitlines()))
    assert longest <= width or width == 30  # no room for the names themselves


def test_columns_are_aligned_on_the_screen():
    assert needed(ROWS) == 12 + 2 + 16
    assert list(aligned_lines(ROWS, 30)) == [
        ["name          value"],
        ["hidden_sizes  (10, 10, 10, 10)"],
        ["中文          字字字字字字"],
    ]
    assert list(aligned_lines(ROWS, 22))[1:] == [
        ["hidden_sizes  (10, 10,", "              10, 10)"],
        ["中文          字字字字", "              字字"],
    ]


def test_a_word_that_is_too_long_is_kept_whole():
    assert broken("a wonderful b", 4) == ["a", "wonderful", "b"]
    assert broken("", 4) == [""]
