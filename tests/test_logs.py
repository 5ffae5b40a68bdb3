"""What a terminal would show of a log, shortened where it is long, the same whenever it is made."""

import pytest
from small_project import build, cell, make_project, write_notebook

from labreport.page import logs
from labreport.project.texts import without_addresses


def test_an_endless_line_is_shortened_as_a_long_log_is():
    text = "start " + "0.25, " * 10_000 + "end"
    shown = logs.shorten(text, 45, 15, 85)
    head, omitted, tail = shown.split("\n")
    assert head.startswith("start")
    assert tail.endswith("end")
    assert len(head) == 45 * 85
    assert omitted == f"⋯ {len(text) - len(head) - len(tail):,} characters omitted ⋯"


def test_many_long_lines_are_shortened_together():
    text = "\n".join("x" * 3000 for _ in range(59))
    shown = logs.shorten(text, 45, 15, 85)
    assert len(shown) < 61 * 85
    assert "characters omitted" in shown


def test_wide_characters_take_the_room_of_two():
    assert len(logs.shorten("學" * 10_000, 4, 1, 80).split("\n")[0]) == 4 * 40


def test_nothing_of_a_short_log_is_lost():
    text = "one\n\n" + "x" * 300 + "\nthree"
    assert logs.shorten(text, 45, 15, 85) == text
    assert "".join(logs.page_rows(text, 85)) == text


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("<function f at 0x7f3a1c2d>", "<function f>"),
        ("<function <lambda> at 0x7f3a1c2d>", "<function <lambda>>"),
        ("<bound method A.f of <__main__.A object at 0x7f3a1c2d>>", "<bound method A.f of <__main__.A object>>"),
        ("[<matplotlib.lines.Line2D at 0x7F3A>, <Axes: >]", "[<matplotlib.lines.Line2D>, <Axes: >]"),
        ('<code object f at 0x7f3a, file "a.py", line 1>', '<code object f, file "a.py", line 1>'),
        ("<cell at 0x7f3a: int object at 0x7f3b>", "<cell: int object>"),
        ("<sha256 _hashlib.HASH object @ 0x7f3a>", "<sha256 _hashlib.HASH object>"),
        ("&lt;object object at 0x7f3a&gt;", "&lt;object object&gt;"),
        ("a fault at 0x7f3a in x", "a fault at 0x7f3a in x"),
        ("0x7f3a > 3", "0x7f3a > 3"),
    ],
)
def test_addresses_of_objects_are_taken_out(printed, seen):
    assert without_addresses(printed) == seen


def test_two_builds_of_objects_with_addresses_are_equal(tmp_path):
    found = []
    for name in ("one", "two"):
        project = make_project(tmp_path / name)
        source = "import os\nkeep = bytearray(os.getpid() % 97 * 100_000)\nprint(object())\ndisplay(object())\nobject()"
        source += "\nimport pandas as pd\nfor i in 1, 2: display(pd.DataFrame([i]).style.background_gradient())"
        write_notebook(project, "02_second", cell("# Objects"), cell(source))
        assert not build(project, notebooks=["02_second"])[0].errors
        found.append((project.reports("backprop") / "notebooks" / "02_second.ipynb").read_text())
    assert "<object object>" in found[0]
    assert "0x" not in found[0]
    assert "T_00002_row0" in found[0]
    assert found[0] == found[1]
