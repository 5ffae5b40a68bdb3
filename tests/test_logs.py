"""What a terminal would show of a log, shortened where it is long, the same whenever it is made."""

import io

import pytest
from nbformat import v4
from pypdf import PdfReader
from report_samples import META, chapter, code, markdown, shown, stream
from small_project import build, cell, make_project, write_notebook

from labreport.page import logs
from labreport.page.pdf.render import render_pdf
from labreport.project.texts import without_addresses

ROOM = logs.Room(width=80, head=40, tail=10, line_head=8, line_tail=2)


@pytest.mark.parametrize("text", ["x" * 5000, "start " + "0.25, " * 10_000 + "end"])
def test_an_endless_line_is_shortened(text):
    head, omitted, tail = logs.shorten(text, ROOM).split("\n")
    assert len(head) == 8 * 80
    assert 80 < len(tail) <= 2 * 80
    assert text.startswith(head)
    assert text.endswith(tail)
    assert omitted == f"⋯ {len(text) - len(head) - len(tail):,} characters omitted ⋯"


def test_many_long_lines_are_shortened_together():
    lines = logs.shorten("\n".join("x" * 3000 for _ in range(59)), ROOM).split("\n")
    assert lines.count("⋯ 55 lines omitted ⋯") == 1  # 4 lines of 11 rows would be 44
    assert sum(len(logs.rows_of(line, 80)) for line in lines) <= 40 + 11 + 1


def test_a_short_log_around_a_long_line_stays():
    lines = logs.shorten("before\n" + "x" * 5000 + "\nafter", ROOM).split("\n")
    assert (lines[0], lines[-1], len(lines)) == ("before", "after", 5)


def test_a_last_line_that_is_long_leaves_nothing_out():
    text = "\n".join(["short"] * ROOM.head + ["x" * 80 * 14])
    assert "lines omitted" not in logs.shorten(text, ROOM)


def test_wide_characters_take_the_room_of_two():
    assert len(logs.shorten("學" * 10_000, ROOM).split("\n")[0]) == 8 * 40


def test_nothing_of_a_short_log_is_lost():
    text = "one\n\n" + "x" * 800 + "\nthree\n" + "學" * 500
    assert logs.shorten(text, ROOM) == text
    assert "".join(logs.rows_of(text, 85)) == text


def test_what_a_terminal_has_overwritten_is_gone():
    bars = "".join(f"\r{n:3d}%|{'#' * (n // 10):10}| {n}/100 [00:00<00:09]" for n in range(101))
    assert logs.terminal_text(f"\x1b[32m{bars}\x1b[0m\ndone\n") == f"100%|{'#' * 10}| 100/100 [00:00<00:09]\ndone"


@pytest.mark.parametrize("kind", ["stdout", "stderr", "text/plain", "traceback"])
def test_an_endless_line_takes_no_page_of_the_pdf(kind):
    text = "x" * 5000
    output = {
        "text/plain": shown({"text/plain": text}),
        "traceback": v4.new_output("error", ename="E", evalue=text, traceback=[text]),
    }.get(kind) or stream(text, kind)
    [page] = PdfReader(io.BytesIO(render_pdf([chapter(markdown("# T"), code("x", output))], META))).pages
    assert "characters omitted" in page.extract_text()


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
