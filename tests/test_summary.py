"""The summary of a report, made from the findings of its notebooks."""

import io

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, chapter, code, figure, markdown, shown

from labkit.errors import LabError
from labreport.page.document import ReportMeta
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf

QUESTION = "How large may the rate $\\eta$ be?"
FOUND = "Up to $2/\\lambda$, as @fig-rates shows [@smith]: $$\\eta < 1 \\label{eq-limit}$$"
BIBLIOGRAPHY = "@misc{smith, author = {Smith, Leslie N.}, title = {Rates}, year = {2017}}"


def finding(text: str = FOUND, question: object = QUESTION, **report: object):
    return shown({"text/markdown": text, "text/plain": text}, kind="finding", question=question, **report)


def rates():
    found = chapter(
        markdown("# Learning rate\n\n## Curves"),
        code("draw()", figure(label="rates")),
        markdown("### Why\n\n@eq-limit says so."),
        code("say()", finding(), tags=("remove-input",)),
        name="02_rates",
    )
    found.part = "Discussion"
    return found


def basics():
    cells = [
        markdown("# Introduction"),
        markdown("# Results\n\n## Accuracy"),
        code("say()", finding("It *does*.", "Does it learn?"), tags=("remove-input",)),
    ]
    return chapter(*cells, name="01_basics")


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(render_html([basics(), rates()], META, BIBLIOGRAPHY), "html.parser")


def test_each_finding_is_a_line_of_the_summary_with_its_section(page):
    table = page.select_one("section.summary table")
    assert [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in table("tr")] == [
        ["Question", "What was found", "Section"],
        ["Does it learn?", "It does .", "2.1"],
        ["How large may the rate η be?", "Up to 2 / λ , as Figure 1 shows ( Smith 2017 ): η < 1", "3.1"],
    ]
    sections = [page.find(id=a["href"][1:]).get_text(" ", strip=True) for a in table.select("td:last-child a")]
    assert sections == ["2.1 Accuracy", "3.1 Learning rate"]
    assert {th["scope"] for th in table("th")} == {"col"}


def test_the_summary_stands_in_front_and_the_sentence_in_its_chapter(page):
    assert page.find("h2").text == "Summary"
    assert "Summary" not in page.select_one("nav.contents").text
    chapters = page.select("section.chapter")
    assert "It does." in chapters[0].text and "as Figure\xa01 shows" in chapters[1].text
    assert [number.text for number in page.select(".equation .number")] == ["(1)"]
    assert len(page.select("[id$=eq-limit]")) == 1


def test_the_pdf_has_it_on_its_first_page(caplog):
    data = render_pdf([basics(), rates()], META, BIBLIOGRAPHY)
    assert caplog.text == ""
    first = " ".join(PdfReader(io.BytesIO(data)).pages[0].extract_text().split())
    words = ["Summary", "What was found", "Does it learn?", "It does.", "2.1", "as Figure 1 shows", "3.1", "Contents"]
    places = [first.find(word) for word in words]
    assert -1 not in places
    assert places[0] == min(places) and places[-1] == max(places)


def test_a_notebook_alone_has_none():
    soup = BeautifulSoup(render_html([basics()], META), "html.parser")
    assert not soup.select(".summary")
    assert "It does." in soup.text


def test_what_does_not_hold_is_said_in_the_summary_too():
    plain = "This does not hold in this run."
    missed = chapter(markdown("# A"), code("say()", finding(plain, "Is it so?", missed="It is so.")), name="a")
    soup = BeautifulSoup(render_html([missed, basics()], META), "html.parser")
    assert [cell.text for cell in soup.select_one("section.summary tbody tr")("td")] == ["Is it so?", plain, "1"]
    assert "It is so." not in soup.text


def test_a_finding_needs_its_question():
    with pytest.raises(LabError, match="cell 1: the finding has no question; give the question that it answers"):
        render_html([chapter(code("say()", finding(question=None)))], META)


def test_in_chinese():
    soup = BeautifulSoup(
        render_html([basics(), rates()], ReportMeta("報告", language="zh-TW"), BIBLIOGRAPHY), "html.parser"
    )
    assert [th.text for th in soup.select("section.summary th")] == ["問題", "發現", "章節"]
