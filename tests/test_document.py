"""Reading a notebook into blocks: tags, required words, terminals, tables, mathematics."""

from dataclasses import replace

import pytest
from report_samples import META, SVG, chapter, code, figure, markdown, shown, stream

from labkit.errors import LabError
from labreport.page import logs, pandoc
from labreport.page.document import Code, Figure, Log, Prose, ReportMeta, TableBlock
from labreport.page.mathematics.convert import to_typst
from labreport.page.outputs.html import read_html
from labreport.page.reading import read_chapters
from labreport.page.tables.grid import ink_on
from labreport.page.tables.widths import split

FRAME = "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>"


def blocks(*cells):
    return read_chapters([chapter(*cells)], META).sections[0].blocks


def test_title_is_the_first_heading_and_tags_choose_what_is_read():
    section = read_chapters(
        [
            chapter(
                markdown("# Basic *training*\n\nText."),
                code("shown()", tags=("show-code",)),
                code("folded()"),
                code("hidden()", stream("kept"), tags=("remove-input",)),
                code("gone()", stream("gone"), tags=("remove-cell",)),
            )
        ],
        META,
    ).sections[0]
    assert section.plain_title == "Basic training"
    assert [type(block) for block in section.blocks] == [Prose, Code, Code, Log]
    assert [block.shown for block in section.blocks[1:3]] == [True, False]
    assert section.blocks[3].text == "kept"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (figure(caption=""), ["01_basic_training, cell 2", "caption"]),
        (figure(alt=" "), ["01_basic_training, cell 2", "alt"]),
        (shown({"text/html": FRAME}, kind="table"), ["cell 2", "table has no caption"]),
        (figure(**{"image/svg+xml": "<svg/>"}), ["cell 2", "whole", "image/svg+xml"]),
        (shown({"text/plain": "Figure(…)"}, kind="figure", caption="c", alt="a"), ["cell 2", "text/plain"]),
    ],
)
def test_what_a_reader_needs_is_required(output, words):
    with pytest.raises(LabError) as error:
        blocks(markdown("# T"), code("draw()", output))
    assert all(word in str(error.value) for word in words)


def test_language_is_checked():
    with pytest.raises(LabError, match=r"language must be one of .*did you mean 'zh-TW'"):
        ReportMeta("T", language="zh-tw")


def test_outputs_take_their_richest_form():
    found = blocks(
        code(
            "x",
            stream("one "),
            stream("line\n"),
            stream("warned\n", "stderr"),
            shown({"text/markdown": "**md**", "text/plain": "md"}),
            shown({"text/latex": "$\\displaystyle x^2$", "text/plain": "x**2"}),
            shown({"text/html": FRAME}),
            shown({"text/plain": "42"}),
            figure(),
        )
    )[1:]
    assert [type(block) for block in found] == [Log, Log, Prose, Prose, TableBlock, Log, Figure]
    assert found[0].text == "one line"
    assert found[1].kind == "stderr"
    assert found[3].fragment.text == "$$ x^2$$"
    assert found[4].caption is None
    assert found[6].picture.for_print() == ("svg", SVG.encode())


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("10%\r50%\r100%\n", "100%"),
        ("a long state\rdone", "doneng state"),
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("typo\b\b\bext", "text"),
        ("\x1b[2K\x1b[1Gcleared\x1b]0;title\x07", "cleared"),
        ("plain \x1b[1;31mred\x1b[0m \x1b[38;5;226mpale\x1b[0m", "plain red pale"),
    ],
)
def test_terminal_is_resolved(printed, seen):
    assert logs.terminal_text(printed) == seen


def test_long_log_keeps_both_ends():
    text = "\n".join(map(str, range(100)))
    room = logs.Room(width=80, head=3, tail=2, line_head=9, line_tail=9)
    assert logs.shorten(text, room).split("\n") == [
        "0",
        "1",
        "2",
        "⋯ 95 lines omitted ⋯",
        "98",
        "99",
    ]
    assert logs.shorten(text, replace(room, head=90, tail=10)) == text


def test_wide_table_is_split_at_columns_with_its_index():
    columns = range(18)
    head = "".join(f"<th>feature_{i:02d}</th>" for i in columns)
    row = "<tr><th>r</th>" + "".join(f"<td>0.{i:06d}</td>" for i in columns) + "</tr>"
    groups = '<tr><th></th><th colspan="9">left</th><th colspan="9">right</th></tr>'
    html = f"<table><thead>{groups}<tr><th></th>{head}</tr></thead><tbody>{row}</tbody></table>"
    (whole,) = read_html(html, "not shown").pieces
    parts = split(whole, 100)
    assert len(parts) == 3
    assert max(part.n_columns for part in parts) - min(part.n_columns for part in parts) <= 1
    named = [cell.text for part in parts for cell in part.cells if cell.text.startswith("feature")]
    assert named == [f"feature_{i:02d}" for i in columns]
    for part in parts:
        assert sum(cell.text == "r" for cell in part.cells) == 1
        assert sum(cell.colspan for cell in part.cells if cell.row == 0) == part.n_columns


def test_numbers_are_told_from_words():
    before, found = read_html(
        "<style>#T_a {background-color: #ffeeaa; color: #000000}</style>before"
        "<table><tr><th>n</th><th>word</th></tr><tr><td id='T_a'>1.5e-3</td><td>x</td></tr>"
        "<tr><td>0.91 ± 0.02</td><td>1</td></tr></table><script>x()</script>",
        "not shown",
    ).pieces
    assert found.numeric == [True, False]
    assert found.n_head == 1
    assert before == "before"
    assert [cell.background for cell in found.cells if cell.text == "1.5e-3"] == ["#ffeeaa"]


def test_ink_is_legible_on_any_background():
    assert [ink_on(paper) for paper in ("#000000", "#440154", "#fde725", "#ffffff")] == ["#ffffff"] * 2 + [
        "#000000"
    ] * 2


@pytest.mark.parametrize(
    ("tex", "typst"),
    [
        (r"a \odot b \cap c \otimes d", "$a dot.o b inter c times.o d$"),
        (r"\llbracket x \rrbracket", "$bracket.l.stroked x bracket.r.stroked$"),
        (r"\|x\|^2", "$lr(bar.v.double x bar.v.double)^2$"),
        (r"|x|", "$lr(|x|)$"),
        (r"p(x|y)p(y|z)", r"$p \( x \| y \) p \( y \| z \)$"),
        (r"{a^{l}}^T", "$a^(l thin T)$"),
        (r"\text{a sect}", '$upright("a sect")$'),
    ],
)
def test_formulas_in_typst(tex, typst):
    assert to_typst([(False, tex)]) == {(False, tex): typst}


def test_a_long_report_is_converted_on_a_busy_machine_too() -> None:
    """pandoc's server gives up after 2 s of its own: 4,000 pieces were a traceback with "503"."""
    pieces = [
        pandoc.document(f"Run {i}: the loss *fell* to $L_{{{i}}}$.", pandoc.MARKDOWN, "html") for i in range(4000)
    ]
    assert pandoc.convert(pieces)[-1].startswith("<p>Run 3999: the loss <em>fell</em>")
