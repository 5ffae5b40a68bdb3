"""The structure of a report: parts, sections, and what a notebook is called alone and among others."""

import io

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, chapter, markdown

from labreport.hand_in.page_map import read_page_map, section_numbers
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf


def basics():
    """A notebook that stands at the top: three sections, and a title for its own report."""
    cells = [
        markdown("# Introduction\n\nWhy? [Results](#Results), [rates](02_rates.ipynb)."),
        markdown("# Experiment setups\n\n## Sigmoid\n\n## Network\n\n### Loss"),
        markdown("# Results\n\nBecause."),
    ]
    found = chapter(*cells, name="01_basics")
    found.notebook.metadata["title"] = "A network *learns*"
    return found


def study(name: str, title: str, part: str = "Discussion"):
    found = chapter(markdown(f"# {title}\n\nSee [the basics](01_basics.ipynb#Network).\n\n## Finding"), name=name)
    found.part = part
    return found


def report():
    return [
        basics(),
        study("02_rates", "Learning rate"),
        study("03_units", "Hidden units"),
        study("05_more", "Optimizers", "Extra *topics*"),
        chapter(markdown("# Conclusion\n\nDone."), name="conclusion"),
    ]


SECTIONS = [
    "1 Introduction",
    "2 Experiment setups",
    "2.1 Sigmoid",
    "2.2 Network",
    "2.2.1 Loss",
    "3 Results",
    "4 Discussion",
    "4.1 Learning rate",
    "4.1.1 Finding",
    "4.2 Hidden units",
    "4.2.1 Finding",
    "5 Extra topics",
    "5.1 Optimizers",
    "5.1.1 Finding",
    "6 Conclusion",
    "A The program",
]


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(render_html(report(), META), "html.parser")


def headings(soup: BeautifulSoup) -> list[str]:
    return [h.get_text(" ", strip=True) for h in soup.find_all(["h2", "h3", "h4"])]


def test_notebooks_of_a_part_stand_under_its_heading_and_others_at_the_top(page):
    assert headings(page) == SECTIONS
    assert [h.name for h in page.find_all(["h2", "h3", "h4"])] == [f"h{s.split()[0].count('.') + 2}" for s in SECTIONS]


def test_the_contents_have_two_levels(page):
    listed = [a.get_text(" ", strip=True) for a in page.select("nav.contents a")]
    assert listed == [section for section in SECTIONS if section.split()[0].count(".") < 2]


def test_links_between_chapters_find_their_sections(page):
    ids = {element["id"]: element.get_text(" ", strip=True) for element in page.find_all(id=True)}
    links = {a.text: ids[a["href"][1:]] for a in page.select("main p a")}
    assert links == {"Results": "3 Results", "rates": "4.1 Learning rate", "the basics": "2.2 Network"}


def test_the_pdf_has_the_same_sections_and_knows_their_pages():
    data = render_pdf(report(), META)
    page_map = read_page_map(data)
    assert [f"{section.number} {section.title}" for section in page_map.sections] == SECTIONS
    assert section_numbers(render_html(report(), META)) == {section.number for section in page_map.sections}


def test_a_notebook_of_several_sections_keeps_them_alone_under_its_own_title(caplog):
    soup = BeautifulSoup(render_html([basics()], META), "html.parser")
    assert soup.select_one(".chapter-title").text == "A network learns"
    assert soup.title.text == "A network learns · Lab 2: Back-propagation"
    assert headings(soup) == SECTIONS[:6]
    data = render_pdf([basics()], META)
    assert [f"{section.number} {section.title}" for section in read_page_map(data).sections] == SECTIONS[:6]
    assert "A network learns" in PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert caplog.text == ""


def test_alone_a_notebook_stands_in_no_part():
    soup = BeautifulSoup(render_html([study("02_rates", "Learning rate")], META), "html.parser")
    assert soup.select_one(".chapter-title").text == "Learning rate"
    assert headings(soup) == ["1 Finding"]


def test_without_a_title_of_its_own_it_is_called_after_the_first_of_its_sections():
    first = basics()
    del first.notebook.metadata["title"]
    soup = BeautifulSoup(render_html([first], META), "html.parser")
    assert soup.select_one(".chapter-title").text == "Introduction"
    assert headings(soup) == SECTIONS[:6]


def test_a_part_that_is_named_again_later_begins_again():
    chapters = [study("a", "One"), chapter(markdown("# Between"), name="b"), study("c", "Two")]
    soup = BeautifulSoup(render_html(chapters, META), "html.parser")
    first = ["1 Discussion", "1.1 One", "1.1.1 Finding", "2 Between"]
    assert headings(soup) == [*first, "3 Discussion", "3.1 Two", "3.1.1 Finding", "A The program"]
    assert [h["id"] for h in soup.find_all("h2")][:3] == ["discussion", "b", "discussion-2"]


def test_numbers_typed_into_headings_are_not_doubled():
    first = chapter(markdown("# 1 Introduction\n\n## 1.1 Task\n\n# 2. Setups\n\n# 3 layers"), name="a")
    soup = BeautifulSoup(render_html([first, study("b", "Rates")], META), "html.parser")
    assert headings(soup)[:4] == ["1 Introduction", "1.1 Task", "2 Setups", "3 layers"]
