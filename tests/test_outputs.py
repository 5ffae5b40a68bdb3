"""Every output is shown, or named where it stands: the kinds of things that a cell can show, in both formats."""

import base64
import io
import logging

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from report_samples import META, SVG, chapter, code, markdown, png, shown, stream

from labreport.page.document import Code, Figure, Fold, Log, NotShown, Prose, ReportMeta, TableBlock
from labreport.page.html.render import render_html
from labreport.page.outputs.html import read_html
from labreport.page.pdf.render import render_pdf
from labreport.page.pictures.svg import read_svg
from labreport.page.reading import ChapterReader, read_chapters

WIDGET, PLOTLY = "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json"
PLOT = (
    '<div><div id="p1" class="plotly-graph-div" style="height:100%"></div><script>Plotly.newPlot("p1")</script></div>'
)
CAPTION = {"caption": "A line.", "alt": "A line"}


def read(data: dict, **report: str):
    """The blocks of one output, and what is said of it."""
    reader = ChapterReader(0, chapter(code("x", shown(data, **report))), META)
    return reader.section().blocks[1:], reader.not_shown


def texts(blocks) -> list[str]:
    return [block.text if isinstance(block, Log) else block.fragment.text for block in blocks]


def pages(*cells) -> tuple[str, str]:
    """The text of a report in HTML and in PDF."""
    made = [chapter(*cells)]
    pdf = PdfReader(io.BytesIO(render_pdf(made, META)))
    return render_html(made, META), "\n".join(page.extract_text() for page in pdf.pages)


def placed(block: NotShown) -> NotShown:
    block.where = "01_basic_training, cell 1"
    return block


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ({PLOTLY: {"data": []}}, PLOTLY),
        ({PLOTLY: {"data": []}, "text/html": PLOT}, PLOTLY),
        ({"text/html": PLOT}, "text/html (script)"),
        ({"text/html": "<script>draw()</script>"}, "text/html (script)"),
        ({"text/html": "<iframe src='map.html'></iframe>"}, "text/html (iframe map.html)"),
        ({"text/html": "<video controls><source src='a.mp4'></video>"}, "text/html (video)"),
        ({"text/html": "<canvas id='c'></canvas><script>draw(c)</script>"}, "text/html (canvas)"),
        ({"text/html": "<div><img id='i'><input type='range'></div><script>new Animation()</script>"},
         "text/html (input)"),
        ({"text/html": "<progress value='3' max='10'></progress>"}, "text/html (progress)"),
        ({"text/html": "<div style='width:9px;background:red'></div>"}, "text/html (style)"),
        ({WIDGET: {"model_id": "m"}}, WIDGET),
        ({"application/javascript": "draw()", "text/plain": "<IPython.core.display.Javascript object>"},
         "application/javascript"),
        ({"application/vnd.bokehjs_exec.v0+json": "", "text/html": "<div id='1' data-root-id='2'></div>"},
         "application/vnd.bokehjs_exec.v0+json"),
        ({"application/vnd.vegalite.v5+json": {}}, "application/vnd.vegalite.v5+json"),
        ({"application/geo+json": {}, "text/plain": "<IPython.display.GeoJSON object>"}, "application/geo+json"),
        ({"application/x-own": "1"}, "application/x-own"),
        ({"application/pdf": "JVBERi0="}, "application/pdf"),
    ],
)  # fmt: skip
def test_what_a_page_cannot_show_is_named(data, what):
    blocks, told = read(data)
    assert blocks == [placed(NotShown(what))]
    assert told == [f"01_basic_training, cell 1: interactive output, not shown: {what}"]


@pytest.mark.parametrize("mime", ["image/png", "image/svg+xml", "image/tiff"])
def test_a_broken_picture_is_named_as_one(mime, caplog):
    said = f"broken or unknown picture, not shown: {mime}"
    html, pdf = pages(code("x", shown({mime: "no picture", "text/plain": "<Figure size 640x480 with 1 Axes>"})))
    assert f"[{said}]" in html
    assert said in " ".join(pdf.split())
    assert f"01_basic_training, cell 1: {said}" in caplog.messages


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({WIDGET: {"model_id": "m"}, "text/plain": "IntSlider(value=3)"}, "IntSlider(value=3)"),
        ({"text/html": "<iframe src='m.html'></iframe>", "text/plain": "<Map at 0x7f3a>"}, "<Map>"),
        ({"text/html": PLOT, "text/plain": "Figure()"}, "Figure()"),
        ({WIDGET: {}, "text/html": "<p>Failed to display</p>", "text/plain": "A widget"}, "<p>Failed to display</p>"),
    ],
)
def test_its_words_are_shown_below_its_name(data, text):
    blocks, said = read(data)
    assert isinstance(blocks[0], NotShown)
    assert texts(blocks[1:]) == [text]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text/html": "<table></table>", "text/plain": "Empty DataFrame"}, "Empty DataFrame"),
        ({"text/html": "<table><thead><tr><th></th></tr></thead></table>", "text/plain": "Empty"}, "Empty"),
        ({"text/html": "<div><style>p {}</style></div>", "text/plain": "an object"}, "an object"),
        ({"text/markdown": " ", "text/plain": "words"}, "words"),
        ({"text/restructuredtext": "*words*"}, "*words*"),
        ({"text/restructuredtext": "*words*", "text/plain": "words"}, "words"),
        ({"application/json": {"a": [1]}, "text/plain": "<IPython.core.display.JSON>"}, '{\n "a": [\n  1\n ]\n}'),
        ({"application/vnd.google.colaboratory.intrinsic+json": {}, "text/plain": "'words'"}, "'words'"),
        ({"text/latex": r"\textbf{x}", "text/plain": "x"}, "x"),
        ({"text/latex": r"\begin{tabular}{l}$x$\end{tabular}", "text/plain": "x"}, "x"),
        ({"text/latex": r"\begin{pmatrix}1\end{pmatrix}", "text/plain": "x"}, r"\begin{pmatrix}1\end{pmatrix}"),
        ({"text/latex": r"\begin{itemize}\item x\end{itemize}"}, r"\begin{itemize}\item x\end{itemize}"),
        ({"text/latex": r"\begin{itemize}\item x\end{itemize}", "text/markdown": "- x"}, "- x"),
        ({"text/latex": "$x^2$", "text/html": "<p>x</p>"}, "<p>x</p>"),
        ({"text/html": "<p>html</p>", "text/markdown": "md", "image/png": png()}, "<p>html</p>"),
        ({"text/latex": r"$\displaystyle x^2$", "image/png": png(), "text/plain": "x**2"}, "$$ x^2$$"),
        ({"text/latex": "The slope is $\\alpha$.", "text/plain": "x"}, "The slope is $\\alpha$."),
    ],
)  # fmt: skip
def test_the_form_is_jupyterlabs_choice_or_the_next_that_is_not_empty(data, text):
    blocks, said = read(data)
    assert texts(blocks) == [text]
    assert said == []


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<style>p {}</style>", "text/plain": "<IPython.core.display.HTML object>"},
        {"text/html": "<!-- nothing -->"},
        {"text/plain": ""},
        {},
    ],
)
def test_what_shows_nothing_in_jupyterlab_is_no_output(data):
    assert read(data) == ([], [])


@pytest.mark.parametrize("form", [PLOTLY, "application/vnd.vegalite.v5+json", WIDGET])
def test_a_picture_beside_an_interactive_form_is_shown(form):
    data = {form: {}, "text/html": PLOT, "image/png": png(), "text/plain": "Figure()"}
    (figure,), said = read(data, **CAPTION)
    assert isinstance(figure, Figure)
    assert said == []
    (figure,), said = read({form: {}, "image/svg+xml": SVG, "text/plain": "Figure()"}, **CAPTION)
    assert isinstance(figure, Figure)


def test_a_picture_without_caption_has_no_number_and_in_a_lab_says_how_it_gets_one(caplog):
    caplog.set_level(logging.WARNING)
    plot = shown({"image/png": png(), "text/plain": "<Figure size 640x480 with 1 Axes>"})
    html, pdf = pages(markdown("# T"), code("x", plot))
    assert 'alt="a picture without a description"' in html
    assert "Figure 1" not in pdf
    assert "01_basic_training, cell 2: a picture has no caption: figures.show(figure, caption=" in caplog.text
    meta = ReportMeta("T", command="make report")
    (figure,) = read_chapters([chapter(code("x", plot, tags=["remove-input"]))], meta).sections[0].blocks
    assert "no caption yet" in figure.caption.text


def test_html_keeps_its_order_around_tables():
    one, two = (f"<table><tr><td>{n}</td></tr></table>" for n in (1, 2))
    blocks, _ = read({"text/html": f"<div><h3>Train</h3>{one}<p>Test</p>{two}after</div>"})
    assert [type(block) for block in blocks] == [Prose, TableBlock, Prose, TableBlock, Prose]
    assert ["Train" in blocks[0].fragment.text, "Test" in blocks[2].fragment.text] == [True, True]


def test_cells_of_tables_keep_pictures_links_and_lists():
    html = (
        f'<table><tr><td>a digit</td><td><img alt="Zero" src="data:image/png;base64,{png()}"></td>'
        '<td><a href="https://example.org">a link</a></td><td><ul><li>one</li><li>two</li></ul></td>'
        "<td>a<br>b <b>bold</b> x<sup>2</sup></td><td><table><tr><td>inner</td></tr></table></td></tr></table>"
    )
    page, pdf = pages(markdown("# T"), code("x", shown({"text/html": html})))
    assert page.count("<img") == 1
    assert '<a href="https://example.org">a link</a>' in page
    assert "<li>one</li>" in page
    assert "<strong>bold</strong> x<sup>2</sup>" in page
    assert all(word in pdf for word in ("a digit", "a link", "one", "two", "bold", "inner"))
    assert pdf.count("inner") == page.count("inner") == 1


TWO_ROWS = "<tr><th rowspan=2>R</th><th colspan=2>Both</th></tr><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td>"


@pytest.mark.parametrize(
    ("table", "spans"),
    [
        (f"<tbody>{TWO_ROWS}<td>3</td></tr></tbody>", ["R2", "Both1", "a1", "b1", "11", "21", "31"]),
        ("<tr><th>h<th>i<tr><td>a<td>b<tr><td>c<td>d", ["h1", "i1", "a1", "b1", "c1", "d1"]),
        ("<tr><th rowspan=2>R<th>x<tr><td>1", ["R2", "x1", "11"]),
        ("<thead><tr><th>h<tbody><tr><td>1<tr><td>2", ["h1", "11", "21"]),
        ("<tr><td>1<tr><td rowspan=2>2<td>3<tr><td>4", ["11", "1", "22", "31", "41"]),
    ],
)
def test_cells_stay_in_their_rows_and_columns(table, spans):
    for cell in (code("x", shown({"text/html": f"<table>{table}</table>"})), markdown(f"<table>{table}</table>")):
        main = BeautifulSoup(render_html([chapter(cell)], META), "html.parser").main
        assert [c.get_text() + c.get("rowspan", "1") for c in main.select("td, th")] == spans


def test_a_row_without_cells_is_one():
    html = "<table><tr><td rowspan=2>left<td rowspan=2>right</tr><tr></tr><tr></tr><tr><td>below</table>"
    assert "left right\nbelow" in pages(code("x", shown({"text/html": html})))[1]


def test_what_a_piece_of_html_cannot_show_is_named_at_its_place():
    html = read_html("<p>Above</p><iframe src='map.html'></iframe><p>Below</p>", "not shown")
    assert html.pieces == ["<p>Above</p><p>[not shown: iframe map.html]</p><p>Below</p>"]
    assert html.lost == ["iframe map.html"]
    html = read_html(f"<h3>Loss</h3>{PLOT}", "not shown")
    assert html.lost == ["script"]
    assert not html.is_empty
    html = read_html("<table><tr><td><video src='a.mp4'></video></td></tr></table>", "not shown")
    assert html.pieces[0].cells[0].text == "[not shown: video a.mp4]"


def test_headings_of_html_are_no_sections():
    html, pdf = pages(
        markdown("# T\n\n## One"), code("x", shown({"text/html": "<h3>Head</h3>text"})), markdown("## Two")
    )
    assert "<p><strong>Head</strong></p>" in html
    assert "1.1" not in html.partition("<main")[2]
    assert "Head" in pdf


def test_pictures_of_html_have_no_number():
    html, pdf = pages(
        markdown("# T"), code("x", shown({"text/html": f'<img alt="A square" src="data:image/png;base64,{png()}">'}))
    )
    assert "Figure" not in html.partition("<main")[2]
    assert 'alt="A square"' in html
    assert "Figure" not in pdf


def test_drawings_inside_html_are_pictures():
    inline = SVG.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    html = read_html(f"<p>A drawing {inline}</p>", "")
    address = html.pieces[0].partition("base64,")[2].partition('"')[0]
    assert b"M10 70 L100 10 L190 60" in read_svg(base64.b64decode(address))
    html = read_html(f"<script>s = '<svg>'</script><p>words</p>{inline}", "")
    assert "words" in html.pieces[0]
    assert "<img" in html.pieces[0]
    assert read_html("<svg><symbol id='icon'></symbol></svg>", "").pieces == []


def test_what_html_hides_stays_hidden():
    source = (
        "<style>#c .fallback {display: none} @media print {b {display: none}}</style><div id='c' hidden>"
        "<b>shown</b><p class='fallback'>fallback</p><button style='display:none;'>press</button></div>"
    )
    (piece,) = read_html(source, "").pieces
    assert "shown" in piece
    assert "fallback</p>" not in piece
    assert "press" not in piece


def test_buttons_of_a_table_are_not_named():
    frame = "<table><tr><td>1</td></tr></table>"
    buttons = "<div id='b'><style>.b {display: none}</style><button class='b'><svg width='9'></svg></button></div>"
    html = read_html(f"<div id='a'>{frame}{buttons}<script>convert()</script></div>", "not shown")
    assert len(html.pieces) == 1
    assert html.lost == []


def test_html_that_needs_its_style_sheet_gives_way_to_its_text():
    from sklearn.neural_network import MLPClassifier

    blocks, _ = read({"text/html": MLPClassifier()._repr_html_(), "text/plain": "MLPClassifier()"})
    assert texts(blocks) == ["MLPClassifier()"]


@pytest.mark.parametrize("source", ["See <video src='a.mp4' controls></video> there", "<video src='a.mp4'>\n</video>"])
def test_a_player_in_markdown_is_named(source, caplog):
    caplog.set_level(logging.WARNING)
    html, pdf = pages(markdown("# T"), markdown(source))
    assert "[interactive output, not shown: video a.mp4]" in html
    assert "not shown: video a.mp4" in pdf
    assert "01_basic_training, cell 2: interactive output, not shown: video a.mp4" in caplog.messages


def test_warnings_name_the_cell(caplog):
    caplog.set_level(logging.WARNING)
    html, pdf = pages(markdown("# T"), code("x", shown({PLOTLY: {}})))
    assert f"interactive output, not shown: {PLOTLY}" in html
    assert "interactive output, not shown" in pdf
    assert caplog.messages.count(f"01_basic_training, cell 2: interactive output, not shown: {PLOTLY}") == 2
    zh = render_html([chapter(code("x", shown({PLOTLY: {}})))], ReportMeta("T", language="zh-TW"))
    assert f"[互動式輸出，無法顯示: {PLOTLY}]" in zh


@pytest.mark.parametrize(
    ("kind", "source", "html"),
    [
        ("", "An answer: 0.1~1, *so* $5 or $6 <b>.\n\n  two", ["An answer: 0.1~1, *so* $5 or $6 &lt;b&gt;.\n\n  two"]),
        ("text/markdown", "**bold** and $x$", ["<strong>bold</strong>", "<math"]),
        ("text/html", "<b>bold</b> <i>x</i>", ["<strong>bold</strong> <em>x</em>"]),
        ("text/latex", "$$x^2$$", ["<math"]),
        ("text/latex", r"\section{One}", [r"\section{One}"]),
        ("text/restructuredtext", "``code``", ["``code``"]),
        ("text/x-python", "if x:\n    y", ["if x:\n    y"]),
    ],
)
def test_raw_cells_are_text(kind, source, html):
    cell = markdown(source)
    cell["cell_type"] = "raw"
    cell["metadata"] = {"raw_mimetype": kind} if kind else {}
    page, pdf = pages(markdown("# T"), cell)
    assert all(piece in page.partition("<main")[2] for piece in html)
    assert len(pdf) > 30


@pytest.mark.parametrize(
    ("tags", "metadata", "kinds"),
    [
        ([], {}, [Code, Log]),
        (["remove-output"], {}, [Code]),
        (["remove_output"], {}, [Code]),
        (["remove-input"], {}, [Log]),
        (["remove-cell"], {}, []),
        (["hide-input"], {}, [Code, Log]),
        (["hide-output"], {}, [Code, Fold, Log, Fold]),
        (["hide-cell"], {}, [Code, Fold, Log, Fold]),
        (["hide-cell", "remove-output"], {}, [Code]),
        ([], {"outputs_hidden": True}, [Code, Fold, Log, Fold]),
        ([], {"source_hidden": True}, [Code, Log]),
    ],
)
def test_tags_of_jupyter_book(tags, metadata, kinds):
    cell = code("x", stream("text"), tags=tags)
    if metadata:
        cell["metadata"]["jupyter"] = metadata
    section = read_chapters([chapter(cell)], META).sections[0]
    assert [type(block) for block in section.blocks] == kinds
    assert not any(block.shown for block in section.blocks if isinstance(block, Code))


def test_folded_outputs_stay_closed_in_html_and_out_of_the_pdf_but_for_what_has_a_number():
    figure = shown({"image/svg+xml": SVG}, kind="figure", caption="The line falls.", alt="A line", label="fig-line")
    html, pdf = pages(
        markdown("# T\n\nSee @fig-line."), code("x", stream("folded text"), figure, tags=["hide-output", "show-code"])
    )
    inside = html.partition('<details class="folded">')[2].partition("</details>")[0]
    assert "folded text" in inside
    assert "The line falls." in inside
    assert "folded text" not in pdf
    assert "The line falls." in pdf
