"""The page of the PDF: its measure, sizes, what may break where, and what floats."""

import io
import re
from itertools import pairwise
from pathlib import Path
from statistics import median

import nbformat
import pytest
from pypdf import PdfReader
from report_samples import META, chapter, code, figure, markdown, table

from labreport.page.pdf.listing import pieces_of
from labreport.page.pdf.render import render_pdf
from labreport.page.tables.grid import Grid, GridCell
from labreport.page.tables.widths import shared_widths

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SENTENCE = "A network of a few units learns to tell two classes apart, and the loss falls from epoch to epoch. "
TALL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="368" height="300" viewBox="0 0 368 300"><path d="M0 0 L9 9"/></svg>'
)


def pages_of(*cells) -> list[str]:
    data = render_pdf([chapter(markdown("# T"), *cells)], META)
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_a_line_has_66_to_85_characters():
    """Of the prose that is delivered: how wide a letter is depends on the words."""
    books = [nbformat.read(path, as_version=4) for path in NOTEBOOKS.glob("0[1-4]*.ipynb")]
    answers = [cell.source for book in books for cell in book.cells if "answer" in cell.metadata.get("tags", [])]
    paragraphs = [text for answer in answers for text in answer.split("\n\n") if not re.search(r"[$@]", text)]
    lines = [line for page in pages_of(*map(markdown, paragraphs)) for line in page.split("\n")[2:-1]]
    full = [line for line, below in pairwise(lines) if line[-1:] != "." and below[:1].islower()]
    assert len(full) > 20
    assert 66 <= median(map(len, full)) <= 85


def test_no_line_ends_inside_a_range():
    (page,) = pages_of(markdown("between 10–90 % and 1.5–2.5 of " * 40))
    lines = [line.strip() for line in page.split("\n") if "between" in line or "%" in line]
    assert len(lines) > 10
    assert not [line for line in lines if line.endswith(("–", "10", "90", "1.5")) or line.startswith(("–", "%"))]


def test_no_line_ends_inside_a_share():
    (page,) = pages_of(markdown("of their mean 33.6 % are left and 1,234.5 % not " * 40))
    lines = [line.strip() for line in page.split("\n") if "%" in line]
    assert len(lines) > 10
    assert not [line for line in lines if line.endswith((".", ",")) or line.startswith(("6 %", "5 %", "234", "%"))]


def test_code_has_8_5_points_at_least_and_keeps_lines_of_100_columns():
    line = "x = " + "y" * 94 + ")"
    data = render_pdf([chapter(markdown("# T"), code(line, tags=("show-code",)))], META)
    (page,) = PdfReader(io.BytesIO(data)).pages
    sizes = {}
    page.extract_text(visitor_text=lambda text, cm, tm, _, size: sizes.setdefault(text.strip(), size * tm[0] * cm[0]))
    assert line in page.extract_text().replace("\u200b", "")
    assert min(size for text, size in sizes.items() if "yyy" in text) >= 8.5


def order_of(words: list[str], *cells) -> list[str]:
    """The words in the order of reading, by page and down each page, where they stand last."""
    places = {}
    for number, page in enumerate(PdfReader(io.BytesIO(render_pdf([chapter(markdown("# T"), *cells)], META))).pages):

        def visit(text, cm, tm, *_, number=number):
            places.update({word: (number, -cm[5] - cm[3] * tm[5]) for word in words if text.strip().startswith(word)})

        page.extract_text(visitor_text=visit)
    return sorted(places, key=places.get)


def test_a_figure_stands_where_it_was_put():
    """Those of a short report stood above its title, or within the text of another cell."""
    one, two = (code("x", table("<table><tr><th>x</th></tr></table>", caption)) for caption in ("One.", "Two."))
    line = code("y", figure("A line."))
    words = ["Lab 2", "Before", "One.", "Between", "A line.", "Next", "Two.", "Last"]
    cells = [markdown("Before"), one, markdown("Between"), line, markdown("## Next"), two, markdown("Last")]
    assert order_of(words, *cells) == words
    shown = code("x", figure("Tall.", **{"image/svg+xml": TALL}))
    words = ["Before", "Moved", "Tall.", "One.", "Section", "After"]
    cells = [markdown("Before " + SENTENCE * 25), shown, one, markdown("Moved up"), markdown("# Section\n\nAfter")]
    assert order_of(words, *cells) == words


def test_text_moves_up_past_a_figure_that_does_not_fit():
    shown = figure(**{"image/svg+xml": TALL})
    first, second = pages_of(markdown(SENTENCE * 25), code("x", shown), markdown("After. " * 9))
    assert "After." in first and "Figure\xa01" in second


@pytest.mark.parametrize("heading", ["## Last words", "**Last words**"])
def test_no_page_ends_with_a_heading(heading):
    for n in range(24, 34, 2):
        pages = pages_of(markdown("\n\n".join([SENTENCE] * n)), markdown(f"{heading}\n\nFinally, " + SENTENCE * 5))
        (page,) = [page for page in pages if "Finally" in page]
        assert page.partition("Finally")[0].endswith("Last words\n")


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("a = 1\nb = (\n  2,\n)\nc = 3", ["a = 1", "b = (\n  2,\n)", "c = 3"]),
        ("a = 1\n\n# of b\nb = 2", ["a = 1\n", "# of b\nb = 2"]),
        ('a = """\n# no comment"""\nb = 2', ['a = """\n# no comment"""', "b = 2"]),
        ("def f():\n  a = 1\n  return a\nf()", ["def f():\n  a = 1", "  return a", "f()"]),
        ("@one\n@two\ndef f(): pass", ["@one\n@two\ndef f(): pass"]),
        ("if a:\n  b\nelse:\n  c\n  d", ["if a:\n  b\nelse:\n  c", "  d"]),
        ("%magic\nx\n\ny +", ["%magic\nx\n", "y +"]),
        ("a = '''\n" + "x\n" * 50 + "'''", ["a = '''", *["x"] * 50, "'''"]),
    ],
)
def test_a_page_ends_only_between_statements(source, pieces):
    assert pieces_of(source) == pieces


def test_tables_have_one_size_and_wide_ones_use_the_margins():
    names = [f"a column {i}" for i in range(9)]
    wide = "<table><tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr></table>"
    cells = [code("x", table(wide, "Wide.")), code("y", table("<table><tr><th>one</th></tr></table>", "Narrow."))]
    data = render_pdf([chapter(markdown("# T"), *cells)], META)
    (page,) = PdfReader(io.BytesIO(data)).pages
    found = {}
    page.extract_text(visitor_text=lambda text, cm, tm, _, size: found.setdefault(text.strip(), (cm[4], size * tm[0])))
    assert {found[name][1] for name in [*names, "one", "Wide."]} == {9.0}
    assert found["a column 0"][0] < found["Author"][0]


def test_no_contents_without_headings():
    (page,) = pages_of(markdown(SENTENCE))
    assert "Contents" not in page


SIGNS = "a_long_name.with.dots(and=its,arguments=0)" * 4


@pytest.mark.parametrize(
    "cell",
    [
        markdown(f"{SENTENCE} `{SIGNS}` {SENTENCE}"),
        markdown(f"- one\n\n  > `{SIGNS}`"),
        markdown(f"| a | b |\n|---|---|\n| one | `{SIGNS}` |"),
        markdown(f"| a | b | c |\n|---|---|---|\n| {SIGNS} | `{SIGNS}` | {SENTENCE} |"),
        code("x", table(f"<table><tr><td><code>{SIGNS}</code></td><td>{SENTENCE * 3}</td></tr></table>")),
        code("x", table(f"<table><tr><td>{SIGNS}</td><td>{'x' * 999}</td></tr></table>", "Long.")),
    ],
)
def test_no_line_is_wider_than_the_page(cell):
    (page,) = pages_of(cell)
    assert max(map(len, page.replace("\u200b", "").split("\n"))) < 120


def test_long_texts_of_a_table_are_broken_at_the_size_of_all_tables():
    """They were one line of unreadable size, and a longer table ran off the page."""
    rows = "".join(f"<tr><td>{i}.5</td><td>Begin {SENTENCE * 9} end{i}</td><td>word</td></tr>" for i in range(20))
    data = render_pdf([chapter(markdown("# T"), code("x", table(f"<table>{rows}</table>", "Texts.")))], META)
    first, *_, last = PdfReader(io.BytesIO(data)).pages
    assert "end19" in last.extract_text()
    sizes = {}
    first.extract_text(visitor_text=lambda text, cm, tm, _, size: sizes.setdefault(text.strip(), size * tm[0]))
    assert sizes["0.5"] == sizes["word"] == 9.0
    assert [size for text, size in sizes.items() if "Begin" in text] == [9.0]


def test_columns_share_the_page_by_their_longest_texts():
    texts = [["1.25", "name", SENTENCE * 5], ["310.5", "a_name", SENTENCE]]
    cells = [GridCell(text, r, c) for r, row in enumerate(texts) for c, text in enumerate(row)]
    assert shared_widths(Grid(cells, 0, 2, 3), 500) is None
    assert shared_widths(Grid(cells, 0, 2, 3), 100) == [8, 10, 82]
    assert shared_widths(Grid([*cells, GridCell("", 0, 3)], 0, 2, 4), 100) == [8, 10, 78, 4]  # one is empty
