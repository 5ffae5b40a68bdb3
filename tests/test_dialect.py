"""The Markdown of notebooks is JupyterLab's: what a person writes arrives, in both formats."""

import io
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from report_samples import META, chapter, markdown

from labreport.page.citations import CITATION
from labreport.page.html.render import render_html
from labreport.page.markdown.dialect import take_out
from labreport.page.mathematics.delimiters import as_mathjax_reads, formulas_in, taken_out
from labreport.page.numbering import REFERENCE
from labreport.page.pdf.render import render_pdf

ROOT = Path(__file__).parent.parent
HARD_LINES = (ROOT / "tests/hard_lines.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def hard_lines() -> list[tuple[str, str]]:
    """What is written, and what is shown of it."""
    found = []
    for part in re.split(r"^## [A-Z][\w ]*$", HARD_LINES, flags=re.M)[1:]:
        for line in part.splitlines():
            written, _, shown = line.partition(" ⟹ ")
            if written:
                found.append((written.replace("⏎", "\n"), shown or written))
    return found


def page_of(*cells: str) -> BeautifulSoup:
    """The page of Markdown cells without its title block."""
    main = BeautifulSoup(render_html([chapter(*map(markdown, cells))], META), "html.parser").find("main")
    main.header.decompose()
    for line_break in main.find_all("br"):
        line_break.replace_with(" ")
    return main


def pdf_text(*cells: str) -> str:
    pages = PdfReader(io.BytesIO(render_pdf([chapter(*map(markdown, cells))], META))).pages
    return "".join(page.extract_text() for page in pages)


def solid(text: str) -> str:
    """A text without spaces, and without the hyphens that a line may end with."""
    return re.sub(r"[\s\u00ad\u200b\u2060\ufeff\u2010-]", "", text)


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def between_marks(text: str) -> list[str]:
    return re.findall("START(.*?)END", solid(text))


def test_hard_lines() -> None:
    lines = hard_lines()
    cells = [f"START\n\n{written}\n\nEND" for written, _ in lines]
    wanted = [solid(shown) for _, shown in lines]
    assert between_marks(page_of(*cells).get_text()) == wanted
    found = [
        re.sub(r"•|(Method\{#secmethod\})?Lab2:Backpropagation|王小明·B123\d+/\d+", "", piece)
        for piece in between_marks(pdf_text(*cells))
    ]
    assert found == wanted


ELEMENTS = {"**b**": "b", "*e*": "e", "~~s~~": "s", "[a](http://b.c)": "a", "<http://b.c>": "http://b.c", "n[^1]": "n"}
ELEMENTS |= {"<sub>s</sub>": "s", "<sup>p</sup>": "p", "<u>u</u>": "u", "`c`": "c", "`` `d ``": "`d", "$x$": "𝑥"}
ELEMENTS |= {"***b `c`***": "bc", "a<br>": "a", "@eq-one": "Equation", '<span dir="ltr">l</span>': "l"}
PLAIN = [".py", ".at(x)", "(x)", "[i]", "{x}", ";", ".", "..", ":x", ".é", "/x", "<x", '"q"', "#x"]
FOLLOWING = {**dict(zip(PLAIN, PLAIN, strict=True)), "<b>f</b>(x)": "f(x)", "<u>`c`</u>.x": "c.x", "$y$": "𝑦"}


def test_what_follows_an_element_is_text_in_the_pdf() -> None:
    """Typst read `.py` behind `**bold**` as a field, and the report was not made."""
    pairs = [(a + b, ELEMENTS[a] + FOLLOWING[b]) for a in ELEMENTS for b in FOLLOWING]
    text = solid(pdf_text("\n\n".join(f"«{a}»" for a, _ in pairs) + "\n\n[^1]: note", "$$z \\label{eq-one}$$"))
    assert [shown for _, shown in pairs if f"«{shown}»" not in re.sub(r"\d", "", text)] == []


WORDS = ["ab", "x", "學率", "Öl", "kurz", "wt"]
PIECES = [*WORDS, *("10", "3.5", " ", " ", ", ", "。", "|x", "[x] ", "!", "?", "(", ")", ";", "/", "@", '"', "'", "%")]
PIECES += ["~", "~~", "^", ":", "::", ":x:", "{", "}", "{.x}", "{#a}", "{=b}", "=", "==", "+", "-", "--", "---", "..."]
PIECES += ["*", "**", "_", "#", "•", "–", "→"]
STARTS = [
    "",
    "",
    "",
    "- ",
    "> ",
    "# ",
    "* ",
    "+ ",
    ": ",
    "::: ",
    "% ",
    "| ",
    "(a) ",
    "a) ",
    "#. ",
    "(@) ",
    "  ",
    "---\n",
]
LINE = st.builds(
    lambda start, word, pieces: start + word + "".join(pieces),
    *(st.sampled_from(STARTS), st.sampled_from(WORDS), st.lists(st.sampled_from(PIECES), max_size=12)),
)
CELL = st.lists(LINE, min_size=1, max_size=4).map("\n".join)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(CELL, min_size=1, max_size=10))
def test_no_letter_of_a_drawn_text_is_lost_on_the_page(cells: list[str]) -> None:
    main = page_of("x", *cells)
    for number in main.select(":is(h2, h3, h4, h5, h6) > .number"):
        number.decompose()
    assert letters(main.get_text()).endswith("x" + "".join(map(letters, cells)))


@settings(max_examples=5, deadline=None, derandomize=True)
@given(st.lists(CELL, min_size=1, max_size=6))
def test_no_letter_of_a_drawn_text_is_lost_in_the_pdf(cells: list[str]) -> None:
    text = letters(pdf_text("x", *cells))
    lines = [line for cell in cells for line in cell.splitlines()]
    assert [line for line in lines if letters(line) not in text] == []


def words_around_formulas(source: str) -> list[str]:
    """The words of a Markdown text; no formulas, addresses, numbers of lists, languages of listings,
    nor comments."""
    done, pieces = 0, []
    for start, end in taken_out(source):
        pieces.append(source[done:start])
        done = end
    text = re.sub(r"\]\([^)]*\)|^ *\d+\. |^```\w*|<!--.*?-->", " ", " ".join([*pieces, source[done:]]), flags=re.M)
    return list(filter(None, map(letters, text.split())))


def first_lost(words: list[str], text: str) -> str:
    """The first of the words that does not follow those before it."""
    place = 0
    for word in words:
        place = text.find(word, place)
        if place < 0:
            return word
        place += len(word)
    return ""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_words_of_the_delivered_notebooks_arrive(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    sources = [REFERENCE.sub(r"\1", CITATION.sub("", source)) for source in sources]  # of what is not in these cells
    main = page_of("x", *sources)
    for formula in main.select("math, .equation"):
        formula.decompose()
    words = [word for source in sources for word in words_around_formulas(source)]
    assert first_lost(words, letters(main.get_text())) == ""
    assert first_lost(words, letters(pdf_text("x", *sources))) == ""


@pytest.mark.parametrize(
    ("markdown", "formulas"),
    [
        ("$x$ and $$y$$", ["x", "y"]),
        ("spaced $ w + b $ and $ 0.5 $", [" w + b ", " 0.5 "]),
        (r"\\(a\\) and \\[b\\] and \(c\)", ["a", "b"]),
        ("\\begin{align*}\na &= b\n\\end{align*}", ["\\begin{align*}\na &= b\n\\end{align*}"]),
        (r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", [r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}"]),
        ("`$x$` and\n```\n$y$\n```\n$z$", ["z"]),
        ("`$a` and $b` c$", ["b` c"]),
        (r"$\text{a $b$ c}$", [r"\text{a $b$ c}"]),
        ("$a\nb$", ["a\nb"]),
        ("$a\n\nb$", []),
        ("$$\na\n\nb\n$$", []),
        ("one $5 only", []),
        (r"\$5 and \$6", []),
        ("$5 and $6", ["5 and "]),  # as in JupyterLab
        (r"$a\$b$", [r"a\$b"]),
    ],
)
def test_formulas_stand_where_jupyterlab_sees_them(markdown: str, formulas: list[str]) -> None:
    found = [as_mathjax_reads(markdown[start:end]) for start, end in taken_out(markdown)]
    read = [part[1] for piece in found if piece != "\\$" for part in formulas_in(piece) if isinstance(part, tuple)]
    assert read == formulas


@pytest.mark.parametrize(
    ("written", "cells"),
    [
        ("| a | b |\n|---|---|\n| $|x|$ | KEPT |\n| $P(y|x)$ | KEPT |", "a b ⟦|x|⟧ KEPT ⟦P(y|x)⟧ KEPT"),
        ("text\n| a |\n|---|\n| 1 |\n\nafter", "a 1"),
        ("- item\n  | a | b |\n  |---|---|\n  | $x$ | y\\|z |", "a b ⟦x⟧ y|z"),
    ],
)
def test_cells_of_tables(written: str, cells: str) -> None:
    main = page_of("x", written)
    for formula in main.find_all("math"):
        formula.replace_with(f"⟦{formula.get_text()}⟧")
    assert " ".join(cell.get_text() for cell in main.select("th, td")) == cells


def test_formulas_inside_html() -> None:
    main = page_of("x", '<p align="center">with $x^2$ in it</p>\n\n<center>$$y < z$$</center>\n\n<b>bold $w$</b>')
    assert [math.get_text() for math in main.find_all("math")] == ["x2", "y<z", "w"]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("|a|\n|-|\n|<ul><li>x</li><li>y</li></ul>|", ["• x", "• y"]),
        ("|a|\n|-|\n|in<ol><li>x<li>y<ul><li>z</ul><li>w</ol>out|", ["in", "1. x", "2. y", "• z", "3. w", "out"]),
        ("|a|\n|-|\n|<p>x</p><p>y</p> z<br><br>w|", ["x", "y", "z", "", "w"]),
        ("|a|\n|-|\n|a <div id=here>**b**</div>c|", ["a", "b", "c"]),
    ],
)
def test_blocks_of_html_in_a_cell_stand_on_their_own_lines(written: str, lines: list[str]) -> None:
    cell = page_of("x", written).td.get_text()
    assert [line.strip().replace("\u00a0", " ") for line in cell.split("\n")] == lines


@pytest.mark.parametrize(
    ("written", "paragraphs"),
    [
        ("<div>one</div>\n\n<div>\n\ntwo\n\n</div>\n\n<div>three</div>", ["one", "two", "three"]),
        ("<details><summary>Click</summary>\n\nHidden\n\n</details>", ["Hidden"]),
        ("> <div>a</div>\n>\n> b\n\n- c\n  <div>d</div>\n\n  <div>e</div>", ["a", "b", "c", "d", "e"]),
        (
            '<figure><img src="no.png"><figcaption>a</figcaption></figure>\n\nb',
            ["image not available: no.png", "a", "b"],
        ),
        ("<table><tr><td><div>a</div><div>b</div></td><td>c</td></tr></table>", ["a", "b"]),
        ("- a\n  - b\n- c", []),
    ],
)
def test_a_text_beside_another_block_is_a_paragraph(written: str, paragraphs: list[str]) -> None:
    assert [p.get_text().strip("[]") for p in page_of(written).select("p:not(.subtitle)")] == paragraphs


def test_a_note_and_what_is_none() -> None:
    main = page_of("A word[^a], [^b].\n\n[^a]: The note.\n\n[^a]: A second one.\n\n[^c]: Named by nothing.")
    assert solid(main.get_text()) == solid("A word1, [^b]. [^a]: A second one. [^c]: Named by nothing. The note. ↩")


WIDE = "|" + "|".join(f" c{i} " for i in range(22)) + "|\n|" + "---|" * 22 + "\n|" + "|".join(
    f" {i / 7:.5f} " for i in range(22)
)  # fmt: skip


def test_a_wide_table_is_split_in_the_pdf_and_whole_on_the_page() -> None:
    assert [len(table.find_all("td")) for table in page_of(WIDE).find_all("table")] == [22]
    text = pdf_text(WIDE)
    assert re.findall(r"\d\.\d{5}", text) == [f"{i / 7:.5f}" for i in range(22)]
    assert re.findall(r"c\d+", text) == [f"c{i}" for i in range(22)]


def test_columns_that_say_nothing_are_aligned_by_what_they_hold() -> None:
    page = page_of("| word | n | said |\n|---|---|:-:|\n| a long text | 1.5 | 2 |")
    assert [cell["style"] for cell in page.select("td")] == [
        f"text-align: {side};" for side in ("left", "right", "center")
    ]


def test_a_split_table_names_its_rows_in_each_part() -> None:
    head = ["   ", *(f" feature_{i} " for i in range(18))]
    rows = [[f" row{k} ", *(f" {i * k / 7:.4f} " for i in range(18))] for k in (1, 2)]
    lines = [head, ["---"] * 19, *rows]
    text = pdf_text("\n".join("|" + "|".join(line) + "|" for line in lines))
    assert text.count("row1") == text.count("row2") > 1
    assert sorted(re.findall(r"\d\.\d{4}", text)) == sorted(cell.strip() for row in rows for cell in row[1:])


@pytest.mark.parametrize(
    "box",
    [
        '<div class="alert alert-info">\n<b>Note:</b> the rate.\n</div>',
        '<div class="alert alert-block alert-warning">\n\n**Note:** the *rate*.\n\n</div>',
    ],
)
def test_a_box_around_a_remark_stands_apart(box: str) -> None:
    main = page_of("before", f"{box}\n\nafter")
    (quote,) = main.find_all("blockquote")
    assert " ".join(quote.get_text().split()) == "Note: the rate."
    assert "after" in main.get_text()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("press <kbd>Ctrl</kbd>, <code>a_b $x$ *c*</code>", "press <code>Ctrl</code>, <code>a_b $x$ c</code>"),
        ("<q>said</q> <ins>new</ins>", "“said” <u>new</u>"),
        ("<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby><ruby>字<rt>じ</rt></ruby>", "漢(かん)字(じ)"),
    ],
)
def test_tags_in_a_text_say_what_they_say_in_a_browser(written: str, shown: str) -> None:
    assert page_of("# T\n\n" + written).p.decode_contents() == shown


def test_links_and_anchors_of_html_are_kept() -> None:
    main = page_of(
        "x",
        '<a id="here"></a>There, <a href="#here">one</a>, [two](#here), <a href="https://example.org">three</a> and '
        '<a href="javascript:run()">none</a>.\n\n<div id="box">\n\nIn a *box*, [three](#box).\n\n</div>',
    )
    links = {a.get_text(): a["href"] for a in main.find_all("a")}
    places = {link: main.find(id=links[link].removeprefix("#")) for link in ("one", "two")}
    assert links["three"] == f"#{main.find(id='box')['id']}"
    assert places["one"] is places["two"] is not None
    assert "run" not in str(main)


def test_hebrew_and_arabic_are_written_from_the_right() -> None:
    cells = ["שלום עולם, network", "- مرحبا\n- world", "English שלום", '<div dir="rtl">\n\nLatin\n\n</div>']
    cells += ["## שלום", "### English"]
    main = page_of(*cells)
    assert [div.get_text().strip()[:4] for div in main.select("[dir=rtl]")] == ["שלום", "مرحب", "Lati", "1 של"]
    sides: dict[str, float] = {}
    for page in PdfReader(io.BytesIO(render_pdf([chapter(*map(markdown, ["# عالم", *cells]))], META))).pages:
        page.extract_text(visitor_text=lambda text, cm, tm, *_: sides.update({text.strip(): tm[4] + cm[4]}))
    middle = 21 / 2.54 * 72 / 2
    assert sides["عالم"] > middle and sides["שלום"] > middle > sides["English"]


def test_there_are_no_contents_where_there_is_nothing_to_list() -> None:
    page = BeautifulSoup(render_html([chapter(markdown("# T\n\ntext"))], META), "html.parser")
    assert page.find("nav") is None
    assert "Contents" not in pdf_text("# T\n\ntext")
    assert BeautifulSoup(render_html([chapter(markdown("# T\n\n## One"))], META), "html.parser").find("nav")


@pytest.mark.parametrize(
    "notes",
    [
        "[^1]: one [^1]",
        "[^1]: one [^2]\n\n[^2]: two [^1]",
        "[^1]: one\nmore [^1]",
        "[^1]: one\n\n    more [^1]",
        "[^1]: one\n\n\n    more\n    and [^1]",
        "> [^1]: one [^1]",
    ],
)
def test_a_footnote_in_itself_comes_to_an_end(notes) -> None:
    text, taken = take_out(f"a[^1]\n\n{notes}\n", no_citations=())
    references = re.findall(r"\[\^(\d)\](?!:)", text)
    assert references == (["1", "2"] if "[^2]" in notes else ["1"])
    assert taken.pieces == ["[^1]"]


def test_a_footnote_in_another_is_one() -> None:
    text, _ = take_out("a[^1]\n\n[^1]: one [^2]\n\n[^2]: two\n\nThe end [^1]\n", no_citations=())
    assert text.count("[^2]") == 2
    assert "The end [^1]" in text
