"""Citations: set by pandoc's citeproc in both formats, each a link to its entry in the list of references."""

import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import LAB, META, chapter, code, figure, markdown, shown, table
from small_project import build, cell, make_project, write_notebook

from labkit.errors import LabError
from labreport.page import citations
from labreport.page.document import ReportMeta
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf
from labreport.project.project import Project

BIBLIOGRAPHY = Project(Path(__file__).parent.parent).read_bibliography()
GRID = "<table><tr><th>rule</th></tr><tr><td>Adam [@kingma2015]</td></tr></table>"


def rates():
    return chapter(
        markdown(
            "# Rates\n\nBack-propagation [@rumelhart1986] and momentum [see @nesterov1983, section 2; @polyak1964]."
        ),
        markdown("Not `[@code2000]`, not an address [me@example.org], nor [a link](https://example.org/@kingma2015)."),
        code("draw()", figure("As in [@smith2017].", label="rates")),
        code("tabulate()", table(GRID, "Rules.", "rules")),
        code("say()", shown({"text/markdown": "Digits [@mnist] are not [@lecun1998]."})),
        code("lr = 0.1  # rate", tags=("parameters",)),
        name="02_rates",
    )


def units():
    return chapter(markdown("# Units\n\nAgain [@rumelhart1986], and @fig-rates."), name="03_units")


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(render_html([rates(), units()], META, BIBLIOGRAPHY), "html.parser")


CITED = [
    *("(Rumelhart et al. 1986)", "(see Nesterov 1983, sec. 2; Polyak 1964)", "(Smith 2017)", "(Kingma and Ba 2015)"),
    *("(LeCun, Cortes, et al. 1998)", "(LeCun, Bottou, et al. 1998)"),
]


def test_citations_are_written_and_lead_to_their_entries(page):
    text = " ".join(page.find("main").get_text(" ").split())
    text = re.sub(r" (?=[);,.])|(?<=\() ", "", text)
    assert all(words in text for words in CITED)
    assert text.count("Rumelhart et al. 1986") == 2
    entries = {
        a.text: page.find(id=a["href"][1:]).text for a in page.select("main :is(p, td, figcaption) a[href*=ref-]")
    }
    assert len(entries) == 7
    assert entries["Kingma and Ba 2015"].startswith("Kingma, Diederik P., and Jimmy Ba. 2015.")
    assert entries["LeCun, Cortes, et al. 1998"].startswith("LeCun, Yann, Corinna Cortes,")
    assert "[@code2000]" in text and "[ me@example.org ]" in text  # an address is a link


def test_the_references_follow_the_last_chapter_and_hold_only_what_is_cited(page):
    assert [h.get_text(" ", strip=True) for h in page.find_all("h2")] == [
        *("1 Rates", "2 Units", "References", "A The program", "B Settings"),
    ]
    entries = [item.text for item in page.select("ul.references li")]
    assert [entry.split(",")[0] for entry in entries] == [
        *("Kingma", "LeCun", "LeCun", "Nesterov", "Polyak", "Rumelhart", "Smith"),
    ]
    assert page.select("nav.contents a")[2].get_text(strip=True) == "References"


def test_the_pdf_says_the_same(caplog, page):
    data = render_pdf([rates(), units()], META, BIBLIOGRAPHY)
    assert caplog.text == ""
    reader = PdfReader(io.BytesIO(data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())
    assert all(words in text for words in CITED)
    for entry in page.select("ul.references li"):  # lines are broken behind hyphens, and formulas are other letters
        begin = entry.text.partition("O(")[0].partition(" http")[0]
        assert begin.replace(" ", "") in text.replace(" ", "")
    outline = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert outline == ["1 Rates", "2 Units", "References", "A The program", "B Settings"]


def test_alone_a_notebook_lists_what_it_cites():
    soup = BeautifulSoup(render_html([units_alone()], META, BIBLIOGRAPHY), "html.parser")
    assert [item.text.split(",")[0] for item in soup.select("ul.references li")] == ["Rumelhart"]
    assert soup.find("h2").text == "References"


def units_alone():
    found = units()
    found.alone = True
    return found


def test_no_list_where_nothing_is_cited():
    soup = BeautifulSoup(render_html([chapter(markdown("# T\n\nText."))], META, BIBLIOGRAPHY), "html.parser")
    assert not soup.select(".references") and "References" not in soup.text


def test_in_chinese():
    soup = BeautifulSoup(
        render_html([units_alone()], ReportMeta("報告", language="zh-TW"), BIBLIOGRAPHY), "html.parser"
    )
    assert soup.find("h2").text == "參考文獻"


@pytest.mark.parametrize(
    ("text", "bibliography", "message"),
    [
        (
            "[@kingma2014]",
            BIBLIOGRAPHY,
            r"01_basic_training, cell 2: .*; got '@kingma2014' \(did you mean '@kingma2015'\?",
        ),
        ("[@r0; @r9]", BIBLIOGRAPHY, r"cell 2: a citation must be of references.bib, which has .*@r0, .*; got '@r9'"),
        ("[@kingma2015]", "", "cell 2: a citation must be of references.bib, which has none; got '@kingma2015'"),
        ("[@a]", "@misc{a, title = {b,", "references.bib: this text cannot be converted "),
    ],
)
def test_a_citation_of_what_is_not_there(text, bibliography, message):
    with pytest.raises(LabError, match=message):
        render_html([chapter(markdown("# T"), markdown(text))], LAB, bibliography)


@pytest.mark.parametrize(
    ("text", "shown", "warned"),
    [
        ("[@doe99; p. 3]", "<p>[@doe99; p. 3]</p>", "@doe99"),
        ("[see @doe99, *p.* 3] and [@r0]", "<p>[see @doe99, <em>p.</em> 3] and (<a", "@doe99"),
        ("[to @r0 of\n\n us]", "<p>[to @r0 of</p>\n<p>us]</p>", "a citation is written like"),
        ("[@page]\n\n[@page]: https://example.org", '<a href="https://example.org">@page</a>', "@page"),
        ("@doe99 (@fig-one)", "<p>@doe99 (@fig-one)</p>", "@fig-one"),
        ("<p>[@doe99], @tbl-one</p>", "<p>[@doe99], @tbl-one</p>", "@tbl-one"),
    ],
)
def test_what_cites_nothing_is_text_in_a_strangers_notebook(text, shown, warned, caplog):
    strange = chapter(markdown("# T"), markdown(text))
    strange.alone = True
    assert shown in render_html([strange], META, BIBLIOGRAPHY)
    assert "01_basic_training, cell 2: " in caplog.text and warned in caplog.text and "it stays as it is" in caplog.text


def test_keys_as_databases_write_them():
    bibliography = "@misc{DBLP:conf/nips/Doe99, author = {Doe, Jo}, title = {T}, year = 1999}"
    assert "Doe 1999" in render_html([chapter(markdown("# T\n\n[@DBLP:conf/nips/Doe99]"))], LAB, bibliography)


def test_the_reports_are_cited_without_a_name():
    keys = {key.lower() for key in re.findall(r"^@\w+\{(\w+),$", BIBLIOGRAPHY, re.M)}
    assert {f"r{i}" for i in range(5)} < keys
    entries = citations.read_bibliography(BIBLIOGRAPHY)
    assert {entry["c"]["id"]["c"] for entry in entries} == keys
    text = render_html([chapter(markdown("# T\n\n[@r0; @r4]"))], META, BIBLIOGRAPHY)
    entries = BeautifulSoup(text, "html.parser").select("ul.references li")
    assert [entry.text for entry in entries] == [
        f"Report R{i}. n.d. Unpublished lab report of a course on deep learning." for i in (0, 4)
    ]


def test_a_change_of_the_bibliography_writes_the_pages_again_and_runs_nothing(tmp_path):
    project = make_project(tmp_path)
    write_notebook(project, "02_second", cell("# Second\n\nBy [@r0]."))
    outcome, _ = build(project)
    assert "02_second, cell 1: a citation must be of references.bib, which has none" in str(outcome.errors["02_second"])
    project.bibliography.write_text("@misc{r0, author = {{Report R0}}, title = {A lab}}\n")
    outcome, _ = build(project)
    assert not outcome.errors
    project.bibliography.write_text("@misc{r0, author = {{Report R0}}, title = {Another lab}}\n")
    outcome, said = build(project)
    assert outcome.executed == []
    assert "02_second: writing (notebooks/references.bib changed)" in said
    assert "Another Lab" in (project.reports("backprop") / "report.html").read_text()
