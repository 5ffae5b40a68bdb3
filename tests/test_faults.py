"""What a library refuses is a sentence that names notebook and cell, and stops no other notebook."""

import base64
import io
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader
from report_samples import META, chapter, code, figure, markdown, ordinary, png, shown, stream, table
from small_project import LAB, build, cell, make_project, write_notebook

from labkit.errors import LabError
from labreport.page import pandoc
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf
from labreport.project.notebook_file import in_shape

DEEP = "> " * 2000 + "deep"  # deeper than a library's recursion goes


def test_a_part_that_pandoc_does_not_answer_is_asked_again_in_halves(monkeypatch) -> None:
    asked = []
    answer = pandoc.answer

    def busy(command, given, **options):
        asked.append(command[0])
        if b"two" in given and command[0] != "pandoc":
            raise pandoc.PandocError("503 Service Unavailable")
        return answer(command, given, **options)

    monkeypatch.setattr(pandoc, "answer", busy)
    documents = [pandoc.document(text, pandoc.MARKDOWN, "plain") for text in ("one", "two", "three")]
    assert [text.strip() for text in pandoc.convert(documents)] == ["one", "two", "three"]
    assert asked.count("pandoc") == 1  # alone, by its own name


def test_what_was_converted_is_not_asked_again(monkeypatch) -> None:
    def fail(*given: object, **options: object) -> None:
        raise AssertionError("asked again")

    first, other = (
        pandoc.document("once *and*", pandoc.MARKDOWN, target, "01, cell 2") for target in ("html5", "plain")
    )
    written = pandoc.convert([first, other, first])
    monkeypatch.setattr(pandoc, "answer", fail)
    assert pandoc.convert([other, first | {"where": "02, cell 3"}]) == written[1::-1]


def test_what_is_refused_is_asked_again_and_little_is_kept(monkeypatch) -> None:
    monkeypatch.setattr(pandoc, "answers", {})
    bad = pandoc.document("---\na: [\n---\n", "markdown", "plain", "01, cell 3")
    assert pandoc.convert([bad], instead="") == [""]
    assert pandoc.answers == {}
    monkeypatch.setattr(pandoc, "MOST_KEPT", 100)
    assert len(pandoc.convert([pandoc.document("a" * 100, pandoc.MARKDOWN, "plain")])) == 1
    assert pandoc.answers == {}


def test_large_batches_go_in_parts(monkeypatch) -> None:
    monkeypatch.setattr(pandoc, "MOST_DOCUMENTS", 3)
    monkeypatch.setattr(pandoc, "MOST_CHARACTERS", 20)
    documents = [pandoc.document(text, pandoc.MARKDOWN, "plain") for text in ("a", "b", "c", "d", "e" * 50, "f")]
    assert [len(part) for part in pandoc.calls_of(documents)] == [3, 1, 1, 1]
    assert [text.strip() for text in pandoc.convert(documents)] == ["a", "b", "c", "d", "e" * 50, "f"]


def test_a_text_that_pandoc_refuses_is_named_with_its_place() -> None:
    good = pandoc.document("fine", "markdown", "plain", "01, cell 2")
    bad = pandoc.document("---\na: [\n---\n", "markdown", "plain", "01, cell 3")
    with pytest.raises(LabError, match=r"^01, cell 3: this text cannot be converted \(.*YAML.*\): --- a: \[ ---$"):
        pandoc.convert([good, bad])
    assert [text.strip() for text in pandoc.convert([bad, good], instead="")] == ["", "fine"]


@pytest.mark.parametrize("render", [render_html, render_pdf])
def test_what_breaks_a_library_names_its_cell(render) -> None:
    broken = chapter(markdown("# Title"), markdown("fine"), markdown(DEEP))
    with pytest.raises(LabError, match=r"^01_basic_training, cell 3: this cannot be converted"):
        render([broken], META)


def test_what_typst_refuses_is_named_with_its_cell_and_its_text() -> None:
    """The parts are set without each other, where no link finds what it leads to."""
    link, deep, end = markdown("See [the end](#End) and @fig-a."), markdown("<div dir=rtl>" * 140), markdown("## End")
    broken = chapter(markdown("# Title"), link, code("x", figure(label="fig-a")), deep, end)
    with pytest.raises(
        LabError, match=r"^01_basic_training, cell 4: this cannot be set in the PDF \(maximum parsing.*\): <div dir"
    ):
        render_pdf([ordinary("00"), broken], META)


class PanicException(BaseException):
    """As PyO3 raises it."""


@pytest.mark.parametrize(
    ("panics", "where"), [("boom", "01_basic_training, cell 3"), ("Lab 2", "the title block"), ("", "the title block")]
)
def test_a_panic_of_typst_is_a_sentence(monkeypatch, panics, where) -> None:
    compiled = typst.compile_with_warnings

    def compile_with_warnings(main, **options):
        if panics in Path(main).read_text(encoding="utf-8"):
            raise PanicException("index out of bounds")
        return compiled(main, **options)

    monkeypatch.setattr(typst, "compile_with_warnings", compile_with_warnings)
    with pytest.raises(LabError, match=rf"^{where}: this cannot be set in the PDF \(index out of bounds\)"):
        render_pdf([chapter(markdown("# Title"), markdown("fine"), code("1", stream("boom")))], META)


def test_no_other_exit_is_taken_for_a_panic(monkeypatch) -> None:
    def interrupted(main, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(typst, "compile_with_warnings", interrupted)
    with pytest.raises(KeyboardInterrupt):
        render_pdf([ordinary()], META)


@pytest.mark.parametrize("broken", ["labreport.page.logs.terminal_text", "labreport.page.logs.shorten"])
@pytest.mark.parametrize("render", [render_html, render_pdf])
def test_what_fails_while_a_cell_is_read_or_written_names_it(monkeypatch, broken, render) -> None:
    def fail(*given: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(LabError, match=r"^01_basic_training, cell 2: this cannot be converted \(ValueError: no\)"):
        render([chapter(markdown("# Title"), code("1", stream("text")))], META)


@pytest.mark.parametrize("span", ["colspan=-1", "rowspan='abc'", "colspan=100000", "rowspan=99999", 'colspan="100%"'])
@pytest.mark.parametrize("render", [render_html, render_pdf])
def test_a_cell_of_html_may_span_anything(span, render) -> None:
    """Pandoc made a table of 100,000 columns, and Typst refused one of -1."""
    source = f"<table><tr><td {span}>long</td></tr><tr><td>a</td><td>b</td></tr></table>"
    page = render([chapter(markdown("# Title"), markdown(source))], META)
    assert len(page) < 500_000
    text = page if render is render_html else PdfReader(io.BytesIO(page)).pages[0].extract_text()
    assert text.count("long") == 1


def page(notebook) -> str:
    notebook.notebook = in_shape(notebook.notebook)
    return render_html([notebook], META)


@pytest.mark.parametrize("report", [None, "yes", 3, ["a"], {"kind": 3, "label": 7, "caption": None}])
def test_words_of_an_output_that_are_no_words_are_left_alone(report) -> None:
    output = shown({"text/plain": "here"})
    output["metadata"] = {"report": report}
    assert "here" in page(chapter(markdown("# T"), code("x", output)))


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": None},
        {"metadata": {"tags": None, "jupyter": 3}},
        {"metadata": {"tags": "show-code"}},
        {"metadata": {"tags": [3, None]}},
        {"attachments": None},
        {"attachments": {"a.png": None, "b.png": {"image/png": 3}}},
        {"source": None},
        {"source": 3},
        {"outputs": None},
        {
            "outputs": [
                None,
                3,
                {},
                {"output_type": "stream"},
                {"output_type": "error"},
                {"output_type": "display_data"},
            ]
        },
        {"outputs": [{"output_type": "display_data", "data": {"text/plain": None, "text/html": 3}, "metadata": None}]},
        {"outputs": [{"output_type": "error", "traceback": "one text", "ename": None, "evalue": 3}]},
        {"cell_type": "heading"},
        {"cell_type": None},
    ],
)
def test_a_cell_that_is_not_as_the_format_says_harms_nobody(change) -> None:
    odd = markdown("![a](attachment:a.png)") if "attachments" in change else code("1 + 1")
    notebook = chapter(markdown("# Title"), odd, markdown("The end."))
    notebook.notebook.cells[1].update(change)
    assert "The end." in page(notebook)


def test_missing_keys_harm_nobody() -> None:
    notebook = ordinary()
    notebook.notebook = {"cells": [{}, {"cell_type": "code"}, {"cell_type": "markdown", "source": ["a\n", "b"]}, 3]}
    assert "<p>a b</p>" in page(notebook)


def test_a_notebook_that_cannot_be_converted_stops_no_other(tmp_path) -> None:
    project = make_project(tmp_path, LAB.partition("[profiles")[0])
    write_notebook(project, "01_first", cell("# First"), cell("# Deep\n\n" + DEEP))
    outcome, said = build(project)
    assert list(outcome.errors) == ["01_first"]
    text = str(outcome.errors["01_first"])
    assert text.startswith("01_first, cell 2: this cannot be converted")
    assert "reports/backprop/failed/01_first.ipynb" in text
    assert (project.reports("backprop") / "failed" / "01_first.ipynb").is_file()
    assert outcome.built == ["02_second"]
    assert "01_first: failed" in said


TABLE = "| ![Left](a.png) | ![Right](a.png) |\n|---|---|\n| left | right |"
HTML_TABLE = '<table><tr><td><img src="a.png" alt="L"></td><td><img src="a.png" alt="R" width="2000"></td></tr></table>'


@pytest.mark.parametrize("source", [TABLE, HTML_TABLE])
def test_pictures_stand_side_by_side_in_a_table(tmp_path, source) -> None:
    (tmp_path / "a.png").write_bytes(base64.b64decode(png(900, 300)))
    notebook = chapter(markdown("# Title"), markdown(source), path=tmp_path)
    html = render_html([notebook], META)
    assert html.count("<img") == 2
    assert "<figure" not in html  # without numbers
    [page] = PdfReader(io.BytesIO(render_pdf([notebook], META))).pages
    widths = [abs(matrix[0]) for operator, matrix in operators(page) if operator == b"Do"]
    assert len(widths) == 2
    assert sum(widths) < 13 / 2.54 * 72  # points of the text's width


def operators(page) -> list[tuple[bytes, list[float]]]:
    """Each operator of a page, with the matrix that it is under."""
    found = []
    page.extract_text(visitor_operand_before=lambda operator, _, matrix, __: found.append((operator, list(matrix))))
    return found


HAN = "學習 ab "


@pytest.mark.parametrize(
    "source",
    [
        HAN * 1000,
        "學a" * 1000,
        "10 % " * 1000,
        "1-2 " * 1000,
        f"**{HAN * 1000}**",
        f"`{HAN * 1000}`",
        f"```\n{HAN * 1000}\n```",
        "```python\n" + "x = '學習' # 中文 ab\n" * 400 + "```",
        f"| a |\n|---|\n| {HAN * 600} |",
        "*學* a " * 700,
        "[學](http://a.b) a " * 700,
    ],
)
def test_any_number_of_pieces_of_chinese_is_set(source) -> None:
    """Typst's "maximum grouping depth exceeded", at 512 pieces in a row."""
    assert render_pdf([chapter(markdown("# Title"), markdown(source))], META).startswith(b"%PDF")


@pytest.mark.parametrize(
    "output",
    [
        stream(HAN * 1000),
        stream("中 a 中 b 中 c 中 d\n" * 300),
        shown({"text/plain": str(["學習", "ab"] * 700)}),
        table(f"<table><tr><td>{HAN * 600}</td></tr></table>"),
        figure(HAN * 600),
    ],
)
def test_any_number_of_pieces_of_chinese_in_an_output_is_set(output) -> None:
    notebook = chapter(markdown("# Title"), code("x = '" + "學a" * 700 + "'", output, tags=("show-code",)))
    assert render_pdf([notebook], META).startswith(b"%PDF")
