"""The PDF report: text, numbers, contents, tables that fit, Chinese, and the same bytes each time."""

import io
import re

import pytest
from PIL import Image
from pypdf import PdfReader
from report_samples import META, chapter, code, figure, markdown, ordinary, shown, stream, table
from test_html import HOSTILE

from labkit.errors import LabError
from labreport.page.document import ReportMeta
from labreport.page.pdf.render import MOST_HEIGHT, printed_width, render_pdf
from labreport.page.pictures.picture import Picture


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def single() -> bytes:
    return render_pdf([ordinary()], META)


def test_an_ordinary_report_is_accessible(caplog):
    render_pdf([ordinary()], META)
    assert caplog.text == ""


def test_text_captions_and_numbers(single):
    text = words(text_of(single))
    for phrase in (
        "Deep Learning",
        "Lab 2: Back-propagation",
        "Basic training",
        "Contents",
        "1 Method",
        "2 Results",
        "Figure 1 The loss falls by",
        "Table 1 Validation loss.",
        "Figure 1 shows it, and Table 1 has the numbers.",
        "epoch 1 loss 0.5",
        "(1)",
    ):
        assert phrase in text
    assert not re.search(r"\\\w|\$|@fig|\?\?", text)


def test_code_only_where_the_tag_asks_for_it(single):
    text = text_of(single)
    assert "draw()" in text
    assert "tabulate()" not in text and "lr = 0.1" not in text and "secret" not in text


def test_document_data_and_outline(single):
    reader = PdfReader(io.BytesIO(single))
    assert reader.metadata.title == META.title
    assert reader.metadata.author == "王小明"
    assert [entry.title for entry in reader.outline] == ["1 Method", "2 Results", "A Settings"]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_same_input_gives_the_same_bytes(single):
    assert render_pdf([ordinary()], META) == single


def test_chapters_run_through():
    data = render_pdf([ordinary(), ordinary("02_learning_rate", "Learning rate")], META)
    reader = PdfReader(io.BytesIO(data))
    text = words(text_of(data))
    assert len(reader.pages) == 4  # no chapter begins on a page of its own
    assert words(reader.pages[1].extract_text()).startswith("2 Learning rate Lab 2: Back-propagation")
    for phrase in ("2 Learning rate", "2.2 Results", "Figure 2 The loss", "Table 2 has the numbers"):
        assert phrase in text
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == [
        "1 Basic training",
        "2 Learning rate",
        "A The program",
        "B Settings",
    ]
    assert "4 / 4" in text


def test_chinese_can_be_found(caplog):
    cells = [
        markdown("# 反向傳播\n\n## 前言\n\n這份報告以「損失函數」檢驗梯度，學習率為 $\\eta$。"),
        code("x", stream("訓練中\n")),
    ]
    text = text_of(render_pdf([chapter(*cells)], ReportMeta("實驗報告", author="王小明", language="zh-TW")))
    for phrase in ("實驗報告", "反向傳播", "目錄", "損失函數", "訓練中", "作者"):
        assert phrase in text
    assert caplog.text == ""


def test_wide_and_long_tables_lose_nothing():
    names = [f"feature_{i:02d}" for i in range(18)]
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(
        f"<tr><th>row{r}</th>" + "".join(f"<td>{r}.{c:05d}</td>" for c in range(18)) + "</tr>" for r in range(60)
    )
    html = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    data = render_pdf([chapter(code("x", table(html, "All features.")))], META)
    reader = PdfReader(io.BytesIO(data))
    text = text_of(data)
    assert all(name in text for name in names)
    assert all(f"{r}.{c:05d}" in text for r in range(60) for c in range(18))
    assert text.count("feature_00") > 1  # the header is repeated on the next page
    width = float(reader.pages[0].mediabox.width)
    for page in reader.pages:
        ends = []
        page.extract_text(visitor_text=lambda _, __, matrix, *___, ends=ends: ends.append(matrix[4]))
        assert max(ends) < width - 50


def test_mathematics_in_every_place(caplog):
    html = "<table><tr><th>$\\eta$</th></tr><tr><td>$10^{-3}$</td></tr></table>"
    cells = [
        markdown(
            "# On $\\eta$\n\n## The rate $\\eta \\odot x$\n\n$\\cap \\otimes \\llbracket x\\rrbracket \\log \\|w\\|$"
        ),
        code("x", table(html, "Rates $\\eta$."), shown({"text/latex": "$\\displaystyle \\frac{1}{2}$"})),
    ]
    text = text_of(render_pdf([chapter(*cells)], META))
    assert caplog.text == ""
    assert not re.search(r"\\\w|\$", text)
    for sign in ("⊙", "∩", "⊗", "⟦", "‖", "log"):
        assert sign in text


def test_missing_glyph_is_named_in_a_warning(caplog):
    text = text_of(render_pdf([chapter(markdown("# T\n\nDone \u1780 now"))], META))
    assert "\u1780" in caplog.text
    assert "Done" in text and "now" in text


def test_hostile_notebook(caplog):
    data = render_pdf([chapter(markdown("# T"), *HOSTILE)], META)
    text = text_of(data)
    assert "kept" in text and "lines omitted" in text
    assert "alert(1)" not in text
    assert len(PdfReader(io.BytesIO(data)).pages) < 15
    assert len(caplog.records) >= 3


def test_a_figure_without_caption_stops_the_pdf_too():
    with pytest.raises(LabError, match="cell 1: the figure has no caption"):
        render_pdf([chapter(code("x", figure(caption="")))], META)


def test_nbconvert_is_a_front_door(tmp_path):
    import nbformat

    from labreport.page.exporters import LabHTMLExporter, LabPDFExporter
    from labreport.page.html.render import render_html

    sample = ordinary()
    sample.notebook.metadata["report"] = {"title": "From metadata", "author": "A. Student", "unknown": 1}
    path = tmp_path / "01_basic_training.ipynb"
    nbformat.write(sample.notebook, path)
    html, resources = LabHTMLExporter().from_filename(str(path))
    assert resources["output_extension"] == ".html"
    assert html == render_html([sample], ReportMeta("From metadata", author="A. Student"))
    pdf, resources = LabPDFExporter().from_filename(str(path))
    assert resources["output_extension"] == ".pdf"
    assert "From metadata" in text_of(pdf)


def bitmap(size: tuple[int, int], kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize("asked", ["", "100%", "500px"])
def test_a_picture_is_no_higher_than_a_page_and_no_wider_than_the_text(asked) -> None:
    """One was cropped to the page, with its top and bottom gone; one stood out on the right."""
    assert printed_width(Picture({"png": bitmap((600, 3000), "png")}), asked) == f"{MOST_HEIGHT / 5:g}pt"
    wide = {"": "354pt", "100%": "100%", "500px": "354pt"}
    assert printed_width(Picture({"png": bitmap((3000, 600), "png")}), asked) == wide[asked]


def test_the_bytes_of_a_picture_say_what_it_is(tmp_path) -> None:
    for width, (name, kind) in enumerate((("a.png", "jpeg"), ("b.jpg", "bmp"), ("c.gif", "tiff")), start=30):
        (tmp_path / name).write_bytes(bitmap((width, 20), kind))  # a picture that is equal is stored once
    cell = markdown("# T\n\n![one](a.png) ![two](b.jpg) ![three](c.gif)")
    assert len(PdfReader(io.BytesIO(render_pdf([chapter(cell, path=tmp_path)], META))).pages[0].images) == 3
