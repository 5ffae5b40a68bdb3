"""References to figures, tables and equations: the same links in HTML and PDF, within a notebook and across them."""

import io
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import LAB, META, chapter, code, figure, markdown, table

from labkit.errors import LabError
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf

GRID = "<table><tr><th>rule</th><th>n</th></tr><tr><td>see @eq-chain</td><td>1</td></tr></table>"
EQUATIONS = """
# Rates

$$ L = \\tfrac12 \\|y\\|^2 $$

$$ \\frac{dL}{dw} = \\delta a \\label{eq-chain} $$

$$
\\begin{aligned} \\delta &= W^\\top \\delta' \\odot \\sigma' \\\\ &= 0 \\end{aligned} \\label{eq-delta}
$$

By @eq-chain and @eq-delta, @fig-rates and (@tbl-rates) agree;
"""


def first(text: str = "@fig-units comes later."):
    return chapter(
        markdown(EQUATIONS + text),
        code("draw()", figure("It falls, as @tbl-rates says.", label="rates")),
        code("tabulate()", table(GRID, "Rates.", "tbl-rates")),
        name="02_rates",
    )


def second(text: str = "See @fig-rates and @eq-chain.", label: str = "fig-units"):
    return chapter(markdown(f"# Units\n\n{text}"), code("x", figure("Units.", label=label)), name="03_units")


def html(*chapters) -> BeautifulSoup:
    return BeautifulSoup(render_html(list(chapters), META), "html.parser")


def linked(soup: BeautifulSoup, selector: str) -> list[tuple[str, str]]:
    """Text of each link and the text of what it leads to begins with."""
    found = soup.select(selector)
    return [(a.text.replace("\xa0", " "), soup.find(id=a["href"][1:])) for a in found]


def test_each_reference_is_a_link_to_what_it_names():
    links = linked(html(first(), second()), "main :is(p, td, figcaption) a")
    assert [text for text, _ in links] == [
        *("Equation 1", "Equation 2", "Figure 1", "Table 1", "Figure 2", "Table 1", "Equation 1"),
        *("Figure 1", "Equation 1"),
    ]
    names = dict(links)
    assert names["Figure 1"].name == "figure" and "It falls" in names["Figure 1"].text
    assert names["Figure 2"].name == "figure" and "Units." in names["Figure 2"].text
    assert names["Table 1"].select_one("caption").text.endswith("Rates.")
    assert names["Equation 1"]["class"] == ["equation"] and "δ" in names["Equation 1"].text


def test_only_equations_with_a_label_have_a_number():
    equations = html(first(), second()).select(".equation")
    assert [e.select_one(".number").text if e.select_one(".number") else "" for e in equations] == ["", "(1)", "(2)"]
    assert not [e for e in equations if "label" in e.text]


def test_a_number_that_an_equation_says_itself_is_its_name():
    soup = html(chapter(markdown("# T\n\n$$a \\tag{A} \\label{eq-a}$$\n\n$$b \\label{eq-b}$$\n\n@eq-a, @eq-b")))
    assert [number.text for number in soup.select(".equation .number")] == ["(A)", "(1)"]
    assert [a.text for a in soup.select("main p a")] == ["Equation\xa0A", "Equation\xa01"]


def test_the_pdf_has_the_same_links_and_is_accessible(caplog):
    data = render_pdf([first(), second()], META)
    assert caplog.text == ""
    reader = PdfReader(io.BytesIO(data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "By Equation 1 and Equation 2, Figure 1 and (Table 1) agree; Figure 2 comes later.",
        "It falls, as Table 1 says.",
        "See Figure 1 and Equation 1.",
        "see Equation 1",
        "(1)",
        "(2)",
    ):
        assert words in text
    assert "@" not in text.partition("The program")[0] and "label" not in text
    links = [a for page in reader.pages for a in page.get("/Annots", []) if a.get_object()["/Subtype"] == "/Link"]
    n_contents, n_references = 3, 9  # two chapters and the program
    assert len(links) == n_contents + n_references


def test_alone_a_notebook_speaks_of_the_others_in_words():
    alone = second()
    alone.alone = True
    soup = BeautifulSoup(render_html([alone], LAB), "html.parser")
    text = soup.find("main").get_text(" ", strip=True)
    assert "See Figure “rates” of another chapter and Equation “chain” of another chapter." in text
    assert not soup.select("main p a")
    chinese = BeautifulSoup(render_html([alone], replace(LAB, language="zh-TW")), "html.parser")
    assert "另一章的圖「rates」" in chinese.text


@pytest.mark.parametrize(
    ("chapters", "message"),
    [
        (lambda: [second("@fig-unit")], r"03_units, cell 1: .*got '@fig-unit' \(did you mean '@fig-units'\?\)"),
        (lambda: [first(), second("@eq-chian")], r"03_units, cell 1: .*'@eq-chian' \(did you mean '@eq-chain'\?\)"),
        (
            lambda: [first(""), second("", label="rates"), chapter(markdown("# C\n\n@fig-rates"), name="conclusion")],
            "conclusion, cell 1: '@fig-rates' may be that of 02_rates, 03_units; give them different labels",
        ),
        (lambda: [second(label="two words")], "03_units, cell 2: a label may have letters, digits, - and _; got 'two"),
        (
            lambda: [second("$$a \\label{eq-a} \\\\ b \\label{eq-b}$$")],
            "03_units, cell 1: an equation may have one label, on one of its lines; got eq-a, eq-b",
        ),
        (
            lambda: [second("$$a \\label{eq-a}$$ $$b \\label{eq-a}$$")],
            "cell 1: the label 'eq-a' is used twice; each eq",
        ),
        (
            lambda: [chapter(code("x", figure(label="a"), figure(label="fig-a")))],
            "cell 1: the label 'fig-a' is used tw",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_or_to_two(chapters, message):
    with pytest.raises(LabError, match=message):
        render_html(chapters(), LAB)


def test_a_strangers_labels_that_cannot_be_used_are_left_out(caplog):
    source = (
        "# T\n\n$$a \\label{eq-a}$$ $$b \\label{eq-a}$$\n\n$$c \\label{eq-c} \\\\ d \\label{eq-d}$$\n\n@eq-a, @eq-d"
    )
    soup = html(chapter(markdown(source)))
    assert [number.text for number in soup.select(".equation .number")] == ["(1)", "(2)", "(3)"]
    assert soup.select("main p")[-1].text == "Equation\xa01, @eq-d"
    assert "the label 'eq-a' is used twice" in caplog.text and "an equation may have one label" in caplog.text


def test_the_same_label_in_two_notebooks_is_each_ones_own():
    soup = html(first(""), second("See @fig-rates.", label="rates"))
    assert [text for text, _ in linked(soup, "main p a")][-1] == "Figure 2"
