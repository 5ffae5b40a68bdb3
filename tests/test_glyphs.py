"""Characters beyond Big5: set in a font that the report brings along, or named with their cells."""

import io
import logging
import re

import pytest
from pypdf import PdfReader
from report_samples import chapter, code, figure, markdown, stream, table
from small_project import build, cell, make_project, write_notebook

from labreport.build.freshness import Record
from labreport.hand_in.submission_checks import pdf_shows_every_character
from labreport.page.document import ReportMeta
from labreport.page.html.render import render_html
from labreport.page.pdf.render import render_pdf

META = ReportMeta("T")
KHMER = "\u1780"  # a letter of a script that no font here has
SET = {
    "simplified": "刘伟 实验报告 学习率 镕 头发 国际",
    "japanese": "図 読み込み データ 学習率 々 ヴ",
    "korean": "학습률 신경망 ㅋㅋ",
    "thai": "อัตราการเรียนรู้",
    "beyond Big5": "喆 堃 峯 衞 啲 嘅",
    "emoji": "✅ 👍 👍🏽 👨‍👩‍👧 🇹🇼 1️⃣ ❤️ 🚀 🤔",
    "signs": "☑ ➊ ➀ ★ ⚙ ☰ → ⇒ ∎ ⏱ ▶ ₿ ℃ ㊣ ①",
    "letters": "Łódź Ελλάδα Привет שלום مرحبا नमस्ते",
}


@pytest.mark.parametrize("text", SET.values(), ids=SET)
def test_characters_beyond_big5_are_set(text, caplog):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40"><text x="9" y="20" '
        f'font-family="Libertinus Serif Core">{text.split()[0]}</text></svg>'
    )
    cells = [
        markdown(f"# {text}\n\n## {text}\n\n{text} **{text}** *{text}* `{text}` $\\text{{{text}}}$"),
        code(f"# {text}", stream(text), figure(f"Shown: {text}", **{"image/svg+xml": svg}), tags=("show-code",)),
        code("t", table(f"<table><tr><th>{text}</th></tr><tr><td>{text}</td></tr></table>", text)),
    ]
    meta = ReportMeta(text, author=text, course=text, subtitle=text)
    with caplog.at_level(logging.WARNING):
        pdf = render_pdf([chapter(*cells, name="01"), chapter(markdown("# Two"), name="02")], meta)
    # Typst cannot say to a screen reader what each sign of a complex script stands for
    assert [one.message for one in caplog.records if "for complex scripts" not in one.message] == []
    assert text.split()[0][0] in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def fonts_of(text: str) -> set[str]:
    page = PdfReader(io.BytesIO(render_pdf([chapter(markdown(f"# T\n\n{text}"))], META))).pages[0]
    return {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in page["/Resources"]["/Font"].values()}


def test_scripts_are_set_by_fonts_that_know_them():
    """Hindi stood there in single letters, and Simplified Chinese had the punctuation of Taiwan."""
    assert "NotoSansDevanagari-Regular" in fonts_of("हिन्दी क्षेत्र")
    assert "DejaVuSansArabic" in fonts_of("هذا نص عربي")
    assert "NotoSansSCMarks" in fonts_of("学习率太大，损失会发散。")
    assert "NotoSansSCMarks" not in fonts_of("學習率太大，損失會發散。")
    assert "U+FF0C" in render_html([chapter(markdown("# T\n\n学习率，损失"))], META)


def test_what_no_font_has_is_named_with_every_place(caplog):
    places = [
        markdown(f"# Title\n\nwords {KHMER} and a mark e\u0300"),
        code(f"x = '{KHMER}'", tags=("show-code",)),
        code("hidden = 'ខ'"),  # not printed
        code("log", stream(f"a log {KHMER}\u17b6")),
        code("t", table(f"<table><tr><td>{KHMER}</td></tr></table>")),
    ]
    with caplog.at_level(logging.WARNING):
        pdf = render_pdf([chapter(*places)], ReportMeta("T", author=f"A {KHMER}"))
    end = "; the PDF shows the code instead"
    assert [record.message for record in caplog.records] == [
        f"the title block: no font of the report has {KHMER} (U+1780){end}",
        f"01_basic_training, cell 1: no font of the report has {KHMER} (U+1780){end}",
        f"01_basic_training, cell 2: no font of the report has {KHMER} (U+1780){end}",
        f"01_basic_training, cell 4: no font of the report has {KHMER} (U+1780), \u25cc\u17b6 (U+17B6){end}",
        f"01_basic_training, cell 5: no font of the report has {KHMER} (U+1780){end}",
    ]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert text.count("[U+1780]") >= 5 and "[U+17B6]" in text


def test_codes_stand_in_formulas_too(caplog):
    pdf = render_pdf([chapter(markdown(f"# T\n\n$x^{KHMER} + {KHMER} + \\text{{{KHMER}}}$ {KHMER}"))], META)
    assert "cell 1: no font of the report has ក (U+1780)" in caplog.text
    assert re.sub(r"\s|\u2060", "", PdfReader(io.BytesIO(pdf)).pages[0].extract_text()).count("[U+1780]") >= 2


def test_a_drawing_with_a_missing_character_is_named(caplog):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 40"><text y="20">{KHMER}</text></svg>'
    with caplog.at_level(logging.WARNING):
        render_pdf([chapter(markdown("# T"), code("draw()", figure(**{"image/svg+xml": svg})))], META)
    assert [record.message for record in caplog.records] == [
        "01_basic_training, cell 2: no font of the report has \u1780 (U+1780); the PDF shows the code instead"
    ]


def test_html_brings_along_what_the_chinese_font_lacks():
    def faces(text: str) -> int:
        return render_html([chapter(markdown(f"# T\n\n{text}"))], META).count('font-family: "Noto Sans TC"; src')

    assert [faces("學"), faces("学 学习率"), faces("学 學 실")] == [1, 2, 3]
    assert "U+5218" in render_html([chapter(markdown("# 刘"))], META)


def test_submit_names_characters_and_cells(tmp_path):
    project = make_project(tmp_path)
    write_notebook(project, "02_second", cell(f"# The second notebook\n\n{KHMER}"))
    outcome, _ = build(project)
    sentence = f"02_second, cell 1: no font of the report has {KHMER} (U+1780); the PDF shows the code instead"
    assert outcome.doubts == [sentence]

    class Work:
        report_record = Record(project.reports("backprop"))
        rebuild = "make report"

    assert [issue.problem for issue in pdf_shows_every_character(Work)] == [sentence]
