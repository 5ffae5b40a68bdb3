"""The appendix of a report: the parameters as they were run, in HTML and PDF, from the executed notebook alone."""

import io

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, chapter, code, markdown, ordinary

from labkit.errors import LabError
from labreport.page.document import ReportMeta
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf
from labreport.project.parameter_table import Row, rows_of_run

LONG = "what it is, told at such a length that no line of any page can hold it, and which must be broken " * 3
CELL = f"""\
n_seeds = 10  # runs of each setting [1 .. 1000]
rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # learning rates [> 0]
patience = None  # {LONG.strip()} [None | >= 1]
shuffle = True  # a new order < each > epoch"""
INJECTED = "# Parameters\nn_seeds = 3\nrates = (0.5,)\n"


def executed(name: str = "01_basic_training", title: str = "Basic $\\eta$ training"):
    """An executed notebook whose run replaced two values, as papermill writes it."""
    return chapter(
        markdown(f"# {title}\n\nText.\n\n## Parameters"),
        code(CELL, tags=("parameters",)),
        code(INJECTED, tags=("injected-parameters",)),
        name=name,
    )


def text_of(data: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(text.replace("\u200b", "").split())


def test_rows_have_the_values_of_the_run():
    n_seeds, rates, patience, shuffle = rows_of_run(executed().notebook, "01")
    assert n_seeds == Row("n_seeds", "int", "10", "3", "1 .. 1000", "runs of each setting")
    assert n_seeds.changed and rates.changed and not patience.changed and not shuffle.changed
    assert (rates.type, rates.value) == ("tuple of float", "(0.5,)")
    assert (patience.type, patience.value, patience.range) == ("int or None", "None", "None | >= 1")
    assert shuffle.meaning == "a new order < each > epoch"


@pytest.mark.parametrize("injected", ["n_sed = 3", "n_seeds = 0", "n_seeds = 1 + 1", "rates = 'fast'"])
def test_a_value_that_no_build_would_inject_is_refused(injected):
    notebook = chapter(
        code(CELL, tags=("parameters",)), code(injected, tags=("injected-parameters",)), name="01"
    ).notebook
    with pytest.raises(LabError, match=r"^01"):
        rows_of_run(notebook, "01")


def test_one_table_a_notebook_under_a_letter():
    chapters = [executed(), ordinary("02_learning_rate", "Learning rate"), chapter(markdown("# No parameters"))]
    chapters[2].name = "03_none"
    soup = BeautifulSoup(render_html(chapters, META), "html.parser")
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h2")][-2:] == ["3 No parameters", "A Parameters"]
    last = soup.select("nav.contents a")[-1]
    assert last.get_text(" ", strip=True) == "A Parameters"
    assert last["href"] == "#appendix-parameters" and soup.find("h2", id="appendix-parameters")
    tables = soup.select("table.wraps")
    assert [table.caption.get_text(" ", strip=True) for table in tables] == [
        "Table\xa02 Parameters of Basic η training, 01_basic_training",
        "Table\xa03 Parameters of Learning rate, 02_learning_rate",
    ]
    assert [[cell.text for cell in row.find_all(["th", "td"])] for row in tables[1].find_all("tr")] == [
        ["name", "type", "default", "this report", "range", "meaning"],
        ["lr", "float", "0.1", "0.1", "", "learning rate"],
    ]
    changed = [row.th.text for row in tables[0].select("tr.best")]
    assert changed == ["n_seeds", "rates"]
    assert tables[0].find("th", string="n_seeds")["scope"] == "row"
    assert LONG.strip() in tables[0].get_text()


def test_the_page_of_one_notebook_has_it_too():
    soup = BeautifulSoup(render_html([executed()], META), "html.parser")
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h2")] == ["1 Parameters", "A Parameters"]
    assert soup.title.text == "Basic eta training · Lab 2: Back-propagation"
    assert not BeautifulSoup(render_html([chapter(markdown("# T"))], META), "html.parser").select(".wraps")


def test_the_pdf_holds_every_word_and_is_accessible(caplog):
    data = render_pdf([executed(), ordinary("02_learning_rate", "Learning rate")], META)
    text = text_of(data)
    assert LONG.strip() in text
    for words in ("A Parameters", "this report", "0.001, 0.003, 0.01, 0.03", "1 .. 1000", "a new order < each > epoch"):
        assert words in text
    outline = [entry.title for entry in PdfReader(io.BytesIO(data)).outline if not isinstance(entry, list)]
    assert outline == ["1 Basic η training", "2 Learning rate", "A Parameters"]
    assert caplog.text == ""


def test_in_chinese():
    soup = BeautifulSoup(render_html([executed()], ReportMeta("報告", language="zh-TW")), "html.parser")
    assert soup.find_all("h2")[-1].get_text(" ", strip=True) == "A 參數"
    head = [cell.text for cell in soup.select("table.wraps thead th")]
    assert head == ["名稱", "型別", "預設值", "本報告", "範圍", "意義"]
    assert "本報告" in text_of(render_pdf([executed()], ReportMeta("報告", language="zh-TW")))
