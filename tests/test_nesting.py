"""What stands in one another deeper than Typst sets it arrives in the PDF all the same."""

import io

import pytest
from pypdf import PdfReader
from report_samples import META, chapter, code, markdown, shown

from labreport.page.pdf.render import render_pdf

N = 60


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("> " * N + "deep", ["deep"]),
        ("> - " * N + "deep", ["•", "deep"]),
        ("\n".join("  " * i + f"- w{i}" for i in range(N)) + "\n" + "  " * N + "-", [f"w{i}" for i in range(N)]),
        ("\n".join("   " * i + f"1. w{i}" for i in range(N)), [f"w{i}" for i in range(N)]),
        ("<b><sup>" * N + "deep" + "</sup></b>" * N, ["deep"]),
        ("<table><tr><td>left</td><td>" * 40 + "deep" + "</td></tr></table>" * 40, ["left", "deep"]),
    ],
)
def test_no_word_is_lost(written: str, words: list[str]) -> None:
    cells = [markdown("# Title\n\n" + written)]
    cells += [code("x", shown({"text/html": written}))] * written.startswith("<")
    for cell in cells:
        pages = PdfReader(io.BytesIO(render_pdf([chapter(cell)], META))).pages
        text = " ".join(page.extract_text() for page in pages).split()
        assert [word for word in words if word not in text] == []


def test_items_that_are_too_deep_keep_their_marks_and_lines() -> None:
    nested = "\n".join("   " * i + f"1. w{i}" for i in range(15)) + "\n" + "   " * 14 + "2. last"
    text = PdfReader(io.BytesIO(render_pdf([chapter(markdown("# Title\n\n" + nested))], META))).pages[0].extract_text()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert [line for line in lines if line[3:] in ("w13", "w14", "last")] == ["1. w13", "1. w14", "2. last"]
