"""The appendices of a report: the program, the settings as they were run, and how it was made, in HTML and PDF."""

import ast
import io
import json
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader
from report_samples import META, chapter, code, markdown, ordinary

from labkit import load_dataset, nn
from labkit.errors import LabError
from labreport.page import program as printed
from labreport.page.document import Chapter, ReportMeta
from labreport.page.html.render import render_html
from labreport.page.making import how_made, seeds_in_words
from labreport.page.pdf.render import render_pdf
from labreport.page.program import program
from labreport.page.settings import setting_words
from labreport.project.parameter_table import Row, rows_of_run

LONG = "what it is, told at such a length that no line of any page can hold it, and which must be broken " * 3
CELL = f"""\
n_seeds = 10  # runs of each setting [1 .. 1000]
rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # learning rates [> 0]
patience = None  # {LONG.strip()} [None | >= 1]
shuffle = True  # a new order < each > epoch"""
INJECTED = "# Parameters\nn_seeds = 3\nrates = (0.5,)\n"
MADE = ReportMeta(
    "Lab 2",
    made_with="labkit 1.2, Python 3.12.0, numpy 2.3",
    engine="0123456789abcdef" * 4,
    command="make report LAB=x",
)


def executed(name: str = "01_basic_training", title: str = "Basic $\\eta$ training") -> Chapter:
    """An executed notebook whose run replaced two values, as papermill writes it."""
    return chapter(
        markdown(f"# {title}\n\nText.\n\n## Parameters"),
        code(CELL, tags=("parameters",)),
        code(INJECTED, tags=("injected-parameters",)),
        name=name,
    )


def recorded(*runs: tuple[int, int]) -> bytes:
    """Lines of a runs/*.jsonl, of seed and epochs."""
    return b"".join(json.dumps({"config": {"seed": seed}, "epochs": n}).encode() + b"\n" for seed, n in runs)


def html_of(*chapters: Chapter, meta: ReportMeta = META) -> BeautifulSoup:
    return BeautifulSoup(render_html(list(chapters), meta), "html.parser")


def text_of(data: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(text.replace("\u200b", "").split())


def texts(table: Tag) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]


def titles(soup: BeautifulSoup) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in soup.find_all("h2")]


def test_rows_have_the_values_of_the_run() -> None:
    n_seeds, rates, patience, shuffle = rows_of_run(executed().notebook, "01")
    assert n_seeds == Row("n_seeds", "int", 10, 3, "1 .. 1000", "runs of each setting")
    assert n_seeds.changed and rates.changed and not patience.changed and not shuffle.changed
    assert (rates.type, rates.value) == ("tuple of float", (0.5,))
    assert (patience.type, patience.value, patience.range) == ("int or None", None, "None | >= 1")
    assert shuffle.meaning == "a new order < each > epoch"


@pytest.mark.parametrize("injected", ["n_sed = 3", "n_seeds = 0", "n_seeds = 1 + 1", "rates = 'fast'"])
def test_a_value_that_no_build_would_inject_is_refused(injected: str) -> None:
    cells = code(CELL, tags=("parameters",)), code(injected, tags=("injected-parameters",))
    with pytest.raises(LabError, match=r"^01"):
        rows_of_run(chapter(*cells, name="01").notebook, "01")


def test_the_settings_of_all_chapters_are_one_table() -> None:
    none = chapter(markdown("# No parameters"), name="03_none")
    soup = html_of(executed(), ordinary("02_learning_rate", "Learning rate"), none)
    assert titles(soup)[-2:] == ["A The program", "B Settings"]
    (table,) = soup.select("table.wraps")
    assert texts(table) == [
        ["name", "meaning", "value", "default"],
        ["Basic η training"],
        ["n_seeds", "runs of each setting", "3", "10"],
        ["rates", "learning rates", "0.5", "0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30"],
        ["patience", LONG.strip(), "none", ""],
        ["shuffle", "a new order < each > epoch", "yes", ""],
        ["Learning rate"],
        ["lr", "learning rate", "0.1", ""],
    ]
    assert table.find("th", string="n_seeds")["scope"] == "row"
    assert soup.find("a", href="#appendix-settings-tbl-settings").text == "Table\xa02"  # the sentence that names it


def test_defaults_are_a_column_only_where_a_value_is_another() -> None:
    (table,) = html_of(ordinary()).select("table.wraps")
    assert texts(table) == [["name", "meaning", "value"], ["Basic training"], ["lr", "learning rate", "0.1"]]


def test_what_is_the_same_in_all_chapters_that_have_it_stands_once() -> None:
    cells = ("loss = 'mse'  # loss\nlr = 0.1  # rate [> 0]", "loss = 'mse'  # loss\nlr = 0.2  # rate [> 0]")
    books = [
        chapter(markdown(f"# {name}"), code(source, tags=("parameters",)), name=name)
        for name, source in zip("ab", cells, strict=True)
    ]
    (table,) = html_of(*books).select("table.wraps")
    assert [row[0] for row in texts(table)] == ["name", "The same wherever it is used", "loss", "a", "lr", "b", "lr"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (50_000, "50,000"),
        (0.00001, "10⁻⁵"),
        (2.5e-7, "2.5×10⁻⁷"),
        (1000.0, "1,000"),
        ((10, 10), "10, 10"),
        ((), "none"),
        ("half_mse", "half MSE"),
        ("cross_entropy", "cross-entropy"),
        ("leaky_relu", "leaky ReLU"),
        ("digits", "digits"),
        (False, "no"),
    ],
)
def test_values_are_written_as_a_reader_writes_them(value: object, words: str) -> None:
    assert setting_words(value) == words


def test_a_notebook_alone_has_its_settings_and_no_program() -> None:
    soup = html_of(executed())
    assert titles(soup) == ["1 Parameters", "A Settings"]
    assert soup.title.text == "Basic eta training · Lab 2: Back-propagation"
    assert titles(html_of(chapter(markdown("# T")))) == []


def functions(source: str) -> set[str]:
    """The functions and methods of a source, without their docstrings."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {ast.unparse([node.args, *node.body[1:]]) for node in found}


def test_the_program_is_the_networks_own_source() -> None:
    pieces = program()
    for file, text in pieces.items():
        assert functions(text) <= functions(printed.source_of(file.removeprefix("labkit/")))
    assert "return 1 / (1 + np.exp(-z))" in pieces["labkit/nn/activations.py"]
    assert "w -= lr * g" in pieces["labkit/nn/optimizers.py"]
    assert 60 <= sum(len(text.splitlines()) + 1 for text in pieces.values()) <= 120


def test_the_program_runs() -> None:
    """Its last lines, with a few epochs in place of many, train what they say with the classes printed above them."""
    x, y = (part.T for part in load_dataset("linear").train)
    text = program()["labkit/nn/__init__.py"]
    known = vars(nn) | {"np": np, "x": x, "y": y}
    exec(text.replace("50_000", "2000"), known)
    assert known["loss"] < 0.5 * nn.half_mse(np.full(y.shape, 0.5), y)[0]


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ({"nn/layers.py": ("Dense.forward",)}, "the report prints Dense of labkit/nn/layers.py, which is not there"),
        ({"nn/layers.py": ("Linear.forwards",)}, "the report prints forwards of labkit/nn/layers.py"),
        ({"nn/activations.py": ("sigmoidal",)}, "the report prints sigmoidal of labkit/nn/activations.py"),
    ],
)
def test_a_piece_that_was_renamed_is_missed(pieces: dict, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "PIECES", pieces)
    with pytest.raises(LabError, match=message):
        program.__wrapped__()


def test_the_program_stands_in_both_formats() -> None:
    chapters = executed(), ordinary("02_learning_rate", "Learning rate")
    (listing,) = html_of(*chapters).select("section.chapter .listing pre")
    assert [line for line in listing.text.splitlines() if line.startswith("# ")] == [f"# {file}" for file in program()]
    assert "return a * (1 - a)\n\n# labkit/nn/layers.py\n" in listing.text
    assert listing.select("span.t-k")  # in colors
    text = text_of(render_pdf(list(chapters), META))
    for line in ("return 1 / (1 + np.exp(-z))", "w -= lr * g", "optimizer.step(w, network.backward(caches, d_y_hat))"):
        assert line in text


def test_how_it_was_made_counts_every_run_once() -> None:
    said = how_made([recorded((0, 100), (1, 100)), recorded((1, 100), (2, 50_000), (7, 1))], MADE)
    assert said == (
        "The results are those of 4 recorded runs with the seeds 0–2, 7, 50,201 epochs in all. "
        "They were made with labkit 1.2, Python 3.12.0, numpy 2.3; the SHA-256 of the files that decide what training "
        "computes begins with `0123456789ab`. `` make report LAB=x `` builds the report again."
    )
    assert "recorded runs" not in how_made([b""], MADE)


def test_seeds_in_words() -> None:
    assert seeds_in_words({5}) == "5"
    assert seeds_in_words({3, 1, 2, 100}) == "1–3, 100"
    assert seeds_in_words(range(0, 20, 2)) == "0–18"


def test_how_it_was_made_is_the_last_appendix() -> None:
    first = executed()
    first.runs = recorded((0, 100))
    soup = html_of(first, ordinary("02_learning_rate", "Learning rate"), meta=MADE)
    assert titles(soup)[-1] == "C How it was made"
    last = soup.find_all("section", class_="chapter")[-1]
    assert "1 recorded runs with the seeds 0, 100 epochs" in last.text
    assert last.find("code", string="make report LAB=x")


def test_the_pdf_holds_every_word_and_is_accessible(caplog) -> None:
    data = render_pdf([executed(), ordinary("02_learning_rate", "Learning rate")], MADE)
    text = text_of(data)
    assert Counter(LONG.split()) <= Counter(text.split())  # a page may end within them
    for words in ("B Settings", "0.001, 0.003, 0.01, 0.03", "a new order < each > epoch", "C How it was made"):
        assert words in text
    outline = [entry.title for entry in PdfReader(io.BytesIO(data)).outline if not isinstance(entry, list)]
    assert outline == [
        *("1 Basic η training", "2 Learning rate"),
        *("A The program", "B Settings", "C How it was made"),
    ]
    assert caplog.text == ""


def test_in_chinese() -> None:
    meta = ReportMeta("報告", language="zh-TW", made_with="labkit 1.2", engine="ab" * 32, command="make report LAB=x")
    soup = html_of(executed(), ordinary("02"), meta=meta)
    assert titles(soup)[-3:] == ["A 程式", "B 設定", "C 製作方式"]
    assert [cell.text for cell in soup.select("table.wraps thead th")] == ["名稱", "意義", "值", "預設值"]
    assert "可重新產生本報告" in text_of(render_pdf([executed()], meta))


def test_a_short_report_leaves_out_details_program_and_settings():
    cells = markdown("Kept."), code("1", tags=("detail",)), markdown("A detail.")
    cells[2]["metadata"] = {"tags": ["detail"]}
    chapters = [executed(), chapter(*cells, name="02_rates")]
    full = BeautifulSoup(render_html(chapters, MADE), "html.parser")
    short = BeautifulSoup(render_html(chapters, replace(MADE, length="short")), "html.parser")
    titles = [[heading.text for heading in page.select("h2")] for page in (full, short)]
    assert {"A The program", "B Settings", "C How it was made"} <= {" ".join(title.split()) for title in titles[0]}
    assert "A detail." in full.text and "A detail." not in short.text and "Kept." in short.text
    assert not short.find(string=re.compile("The program|Settings"))
    assert short.find(string=re.compile("How it was made"))
