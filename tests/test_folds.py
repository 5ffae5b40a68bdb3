"""What an author folds is folded on the page, below its summary, and open in the PDF."""

import io

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, chapter, code, markdown, shown

from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf

TABLE = "<table><tr><th>a</th></tr><tr><td>4711</td></tr></table>"


def folds_of(*cells) -> list[tuple[str, str]]:
    """The summary of each fold on the page, and the words that are folded."""
    found = []
    for fold in BeautifulSoup(render_html([chapter(markdown("# T"), *cells)], META), "html.parser").main("details"):
        if not fold.get("class") and not fold.find_parent("nav"):
            summary = " ".join(fold.summary.extract().text.split())
            found.append((summary, " ".join(fold.text.split())))
    return found


@pytest.mark.parametrize(
    ("written", "folds"),
    [
        ("<details>\n<summary>A <b>hint</b></summary>\n\n**Use** it.\n\n</details>\n\nafter", [("A hint", "Use it.")]),
        ("<details open><summary>All</summary>in one</details>", [("All", "in one")]),
        ("text <details><summary>in</summary>a line</details> after", [("in", "a line")]),
        ("- item\n  <details><summary>in</summary>\n\n  a list\n\n  </details>\n\nafter", [("in", "a list")]),
        ("| a |\n|---|\n| <details><summary>in</summary>a cell</details> |", [("in", "a cell")]),
        ("<details>\n<summary>one</summary>\n\n<details>\n<summary>in</summary>\n\nother\n\n</details>\n\n</details>",
         [("one", "inother"), ("in", "other")]),
        ("<details>without a summary</details>", [("Details", "without a summary")]),
        ("<details><summary>without</summary>\n\nan end", [("without", "an end")]),
        ("**<details><summary>in</summary> bold</details>** </details></summary>", []),
        (f"<details><summary>Numbers</summary>\n{TABLE}\n</details>", [("Numbers", "a 4711")]),
    ],
)  # fmt: skip
def test_folds_of_markdown(written: str, folds: list[tuple[str, str]]) -> None:
    nested = [(summary, text.replace(" ", "")) for summary, text in folds_of(markdown(written))]
    assert nested == [(summary, text.replace(" ", "")) for summary, text in folds]


def test_folds_of_outputs_keep_their_tables() -> None:
    html = f"<div><details><summary>Numbers</summary>{TABLE}</details>{TABLE}</div>"
    assert folds_of(code("x", shown({"text/html": html}))) == [("Numbers", "a 4711")]


def test_nothing_acts_in_a_fold() -> None:
    hostile = "<details ontoggle='x()' open><summary onclick='x()'>a</summary><script>x()</script>b</details>"
    for cell in (markdown(hostile), code("x", shown({"text/html": hostile}))):
        html = render_html([chapter(cell)], META)
        assert "x()" not in html and "<details open><summary>" in html


def test_the_pdf_is_open() -> None:
    source = "<details>\n<summary>A hint</summary>\n\nUse it.\n\n</details>\n\nafter"
    pages = PdfReader(io.BytesIO(render_pdf([chapter(markdown(source))], META))).pages
    lines = pages[0].extract_text().splitlines()
    assert [line.strip() for line in lines if line.strip() in ("A hint", "Use it.", "after")] == [
        "A hint", "Use it.", "after",
    ]  # fmt: skip


def test_a_table_in_a_cell_of_another_is_a_part_of_it() -> None:
    inner = TABLE.replace("4711", TABLE)
    html = render_html([chapter(markdown(f"# T\n\n{inner}\n\nbetween\n\n{TABLE}"))], META)
    frames = BeautifulSoup(html, "html.parser").main.find_all("div", class_="table")
    assert [len(frame("table")) for frame in frames] == [2, 1]
    assert html.count("<div") == html.count("</div>") and html.index("between") > html.index("4711</td>")
