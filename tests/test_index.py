"""reports/index.html: it tells of all reports that are there, loads nothing, and forgets what is gone."""

import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader
from small_project import LAB, make_project

from labreport.__main__ import main
from labreport.page.html.index import BuiltLab, index_page
from labreport.project.project import Project

REPORT = """<html lang="{language}"><body><main><header class="title"><p class="course">Deep Learning</p>
<h1>Rates &amp; widths</h1></header>
<section class="summary"><h2>Summary</h2><div class="table" id="x"><table><thead><tr><th>question</th></tr></thead>
<tbody><tr><td>How large may <math><mi>η</mi></math> be?</td><td><a href="#rates">4.1</a></td></tr></tbody>
</table></div></section><section class="chapter"><table><tr><td>another</td></tr></table></section>
</main></body></html>"""


def command(project: Project, *arguments: str) -> int:
    return main(["--root", str(project.root), *arguments])


def page(project: Project) -> BeautifulSoup:
    return BeautifulSoup((project.root / "reports" / "index.html").read_text(encoding="utf-8"), "html.parser")


def labs(soup: BeautifulSoup) -> list[str]:
    return [heading.get_text(strip=True) for heading in soup.select("section.lab h2")]


def shown(language: str = "en") -> Tag:
    files = {"02_rates": ["02_rates.html", "02_rates.pdf", "notebooks/02_rates.ipynb", "tables/02_rates-by-rate.csv"]}
    lab = BuiltLab("my lab", REPORT.format(language=language), 28, "make report LAB=mine", files)
    return BeautifulSoup(index_page([lab]), "html.parser").find("section", class_="lab")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The labs `backprop` and `other`, of the same notebooks."""
    project = make_project(tmp_path / "project")
    (project.labs / "other.toml").write_text(LAB.replace("A small lab", "Another lab"), encoding="utf-8")
    return project


def test_every_build_is_told_and_what_is_gone_is_forgotten(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(project, "report", "other") == 0
    assert capsys.readouterr().out.endswith("\nAll reports: reports/index.html\n")
    assert labs(page(project)) == ["Another lab"]
    assert command(project, "report") == 0
    assert labs(page(project)) == ["A small lab", "Another lab"]
    shutil.rmtree(project.reports("other"))
    assert command(project, "report") == 0  # which has nothing else to do
    assert labs(page(project)) == ["A small lab"]


def test_every_link_leads_to_a_file(project: Project) -> None:
    assert command(project, "report") == 0
    soup = page(project)
    addresses = [unquote(link["href"]) for link in soup.select("section a")]
    assert len(addresses) == len(set(addresses)) + 1  # the title leads to the report, too
    assert all((project.root / "reports" / address).is_file() for address in addresses)
    assert {"backprop/report.pdf", "backprop/01_first.html", "backprop/notebooks/02_second.ipynb"} <= set(addresses)
    assert [item.text.split(":")[0] for item in soup.select("details li")] == ["01_first", "02_second"]
    pdf = PdfReader(project.reports("backprop") / "report.pdf")
    assert soup.select_one("section.lab p").text.startswith(f"{len(pdf.pages)} pages · HTML, PDF · make report LAB=")


def test_nothing_is_loaded_and_no_script_runs(project: Project) -> None:
    assert command(project, "report") == 0
    soup = page(project)
    assert "default-src 'none'" in soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert not soup.find_all(["script", "link", "img", "iframe"])
    assert "http" not in re.sub(r'http-equiv|xmlns="[^"]*"', "", str(soup.body))


def test_a_page_that_is_up_to_date_is_left_alone(project: Project) -> None:
    assert command(project, "report") == 0
    index = project.root / "reports" / "index.html"
    before = index.stat().st_mtime_ns
    assert command(project, "report") == 0
    assert index.stat().st_mtime_ns == before
    index.write_text("damaged")
    assert command(project, "report") == 0
    assert labs(page(project)) == ["A small lab"]


def test_a_report_that_is_damaged_does_not_stop_another(project: Project) -> None:
    assert command(project, "report", "other") == 0
    for name in ("report.html", "report.pdf", "build.json"):
        (project.reports("other") / name).write_bytes(b"\xff")
    assert command(project, "report") == 0
    assert labs(page(project)) == ["A small lab", "other"]


def test_clean_removes_it(project: Project) -> None:
    assert command(project, "report") == 0
    assert command(project, "clean") == 0
    assert list((project.root / "reports").iterdir()) == []


def test_a_page_that_cannot_be_written_is_an_error(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "reports" / "index.html").mkdir(parents=True)
    assert command(project, "report") == 1
    assert "index.html cannot be written" in capsys.readouterr().err
    assert (project.reports("backprop") / "report.pdf").exists()


def test_what_a_report_found_is_shown_with_links_into_it() -> None:
    section = shown()
    assert section.h2.a["href"] == "my%20lab/report.html" and section.h2.text == "Rates & widths"
    assert section.p.text == "Deep Learning · 28 pages · HTML, PDF · make report LAB=mine"
    (table,) = section.find_all("table")
    assert table.find("a", string="4.1")["href"] == "my%20lab/report.html#rates" and table.math
    assert table.parent["aria-label"] == "Summary: Rates & widths"
    assert [link.text for link in section.select("details a")] == ["HTML", "PDF", "notebook", "by-rate.csv"]


def test_it_speaks_of_a_report_in_its_language() -> None:
    section = shown("zh-TW")
    assert section["lang"] == "zh-TW" and "28 頁" in section.text and section.find("summary").text == "各筆記本的檔案"
