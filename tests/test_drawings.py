"""Drawings that are a part of the page: what comes in, and what stays an image."""

import re
from xml.etree import ElementTree

import pytest
from report_samples import chapter, code, figure, markdown

from labkit.figures import panels
from labkit.figures.inline import rendered
from labreport.page.document import ReportMeta
from labreport.page.html.drawings import drawing_html
from labreport.page.html.render import render_html

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">'


def drawn(inside: str, opening: str = OPEN) -> str | None:
    return drawing_html(f"{opening}{inside}</svg>".encode(), "d1-", "A drawing")


def test_a_figure_of_labkit_comes_in_with_its_words():
    ax = panels("loss & more")
    ax.plot([1, 2], [3, 4], label="a < b")
    ax.imshow([[1.0, 2.0], [3.0, 4.0]])
    ax.legend()
    html = drawing_html(rendered(ax.figure, "svg"), "d7-", 'Its "alt"')
    root = ElementTree.fromstring(html.replace("&quot;", ""))
    assert root.attrib["role"] == "img" and 'aria-label="Its &quot;alt&quot;"' in html
    assert {"loss & more", "a < b", "1.0"} <= {text.text for text in root.iter("text")}
    assert "<style" not in html and "<metadata" not in html and "xmlns" not in html
    ids = re.findall(r' id="([^"]*)"', html)
    assert ids and all(name.startswith("d7-") for name in ids) and len(ids) == len(set(ids))
    assert set(re.findall(r'"#([^"]*)"|url\(#([^)]*)\)', html)) <= {(name, "") for name in ids} | {("", n) for n in ids}


def test_a_full_figure_is_as_wide_as_the_text():
    assert 'style="width:33.74em"' in drawing_html(rendered(panels().figure, "svg"), "", "")
    assert 'style="width:14.29em"' in drawn("<path/>")  # 200 pixels are 150 points, beside text of 10.5


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<g><style>body { display: none }</style></g>",
        '<path onclick="alert(1)"/>',
        '<a href="https://example.org"><text>here</text></a>',
        '<use xlink:href="https://example.org/a.svg#b"/>',
        '<image href="https://example.org/a.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<use href="javascript:alert(1)"/>',
        '<path style="fill: url(https://example.org/a)"/>',
        '<path style="fill: URL( https://example.org/a"/>',
        '<path fill="url(//example.org/a)"/>',
        '<path style="position: fixed; top: 0"/>',
        '<path style="fill: \\75 rl(//example.org)"/>',
        '<path class="title"/>',
        "<foreignObject><p>here</p></foreignObject>",
        "<animate/>",
        "<svg/>",
        '<p xmlns="http://www.w3.org/1999/xhtml">here</p>',
    ],
)
def test_anything_else_stays_an_image(hostile):
    assert drawn("<path/>") is not None
    assert drawn(f"<path/>{hostile}") is None


def test_the_frame_of_a_drawing_is_ours():
    html = drawn("<path/>", OPEN.replace("<svg", '<svg onload="alert(1)" style="position: fixed" id="main"'))
    assert html.startswith('<svg role="img"') and "alert" not in html and "fixed" not in html and "id=" not in html
    assert drawn("<path/>", OPEN.replace("<svg", '<svg fill="url(//example.org)"')) is None


def test_ids_are_unique_in_the_page_and_a_stranger_is_an_image():
    svg = f'{OPEN}<defs><path id="m" d="M0 0"/></defs><use xlink:href="#m"/></svg>'
    cells = [code("x", figure(**{"image/svg+xml": svg}), figure(**{"image/svg+xml": svg}))]
    cells.append(code("y", figure(alt="Strange", **{"image/svg+xml": svg.replace("<use", "<animate/><use")})))
    html = render_html([chapter(markdown("# T"), *cells)], ReportMeta("T"))
    assert re.findall(r'<path id="([^"]*)"', html) == ["d1-1", "d2-1"]
    assert re.findall(r'<img src="data:image/svg[^"]*" alt="([^"]*)"', html) == ["Strange"]
