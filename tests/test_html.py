"""The HTML report: complete, numbered, closed to the network, and readable on a phone."""

import base64
import logging
import re

import pytest
from bs4 import BeautifulSoup
from report_samples import LAB, META, SVG, chapter, code, figure, markdown, ordinary, png, shown, stream, table

from labkit.errors import LabError
from labreport.page.document import ReportMeta
from labreport.page.html.render import render_html

FETCHED = re.compile(r"""(?:src|srcset|poster|data)\s*=\s*["']?(?!data:)\w|url\((?!data:)|@import|<link\b""")


def page(*cells) -> BeautifulSoup:
    return BeautifulSoup(render_html([chapter(markdown("# T"), *cells)], META), "html.parser")


@pytest.fixture(scope="module")
def report() -> str:
    return render_html([ordinary()], META)


@pytest.fixture(scope="module")
def soup(report) -> BeautifulSoup:
    return BeautifulSoup(report, "html.parser")


def test_title_block(soup):
    header = soup.find("header").get_text(" ", strip=True)
    for words in ("Deep Learning", "Lab 2: Back-propagation", "Basic training", "王小明", "B123", "2026-11-21"):
        assert words in header
    assert soup.title.text == "Basic training · Lab 2: Back-propagation"
    assert len(soup.find_all("h1")) == 1


def test_nothing_is_fetched(report, soup):
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert not FETCHED.search(report.replace(soup.find("script").string, ""))


def test_sections_are_numbered_and_listed(soup):
    sections = ["1 Method", "2 Results", "A Settings"]
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h2")] == sections
    links = soup.select("nav.contents a")
    assert [a.get_text(" ", strip=True) for a in links] == sections
    assert all(soup.find(id=a["href"][1:]) for a in links)


def test_captions_references_and_alt(soup):
    assert soup.find("figcaption").get_text(" ", strip=True).startswith("Figure\xa01 The loss falls by")
    assert soup.find("caption").get_text(" ", strip=True) == "Table\xa01 Validation loss."
    drawing = soup.find("figure").svg
    assert (drawing["role"], drawing["aria-label"]) == ("img", "A falling line")
    link = soup.find("a", href="#fig-loss")
    assert link.text == "Figure\xa01"
    assert soup.find(id="fig-loss").name == "figure"
    assert soup.find("a", href="#tbl-grid").text == "Table\xa01"


def test_mathematics_is_mathml(soup):
    assert len(soup.find_all("math")) == 3
    assert "⊙" in soup.find("math").text
    assert "\\" not in soup.find("main").get_text()
    assert soup.select_one(".equation .number").text == "(1)"


def test_code_is_folded_by_tag(soup):
    folds = soup.find_all("details", class_="code")
    assert [(f.find("code").get_text(), f.has_attr("open")) for f in folds] == [
        ("draw()", True),
        ("tabulate()", False),
    ]
    text = soup.get_text()
    assert "epoch 1 loss 0.5" in text
    assert "secret" not in text and "never seen" not in text and "hidden_plumbing" not in text


def test_table_is_accessible(soup):
    grid = soup.find("table")
    assert [th["scope"] for th in grid.find_all("th")] == ["col", "row", "row"]
    assert grid.find("tr", class_="best").find("td")["class"] == ["n"]
    assert grid.parent["role"] == "region" and grid.parent["tabindex"] == "0"


def test_same_input_gives_the_same_text(report):
    assert render_html([ordinary()], META) == report


def test_chapters_share_contents_and_numbers():
    chapters = [ordinary(), ordinary("02_learning_rate", "Learning rate")]
    soup = BeautifulSoup(render_html(chapters, META), "html.parser")
    titles = ["1 Basic training", "2 Learning rate", "A The program", "B Settings"]
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h2")] == titles
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h3")][2:] == ["2.1 Method", "2.2 Results"]
    assert [c.b.text for c in soup.find_all("figcaption")] == ["Figure\xa01", "Figure\xa02"]
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    internal = [a["href"][1:] for a in soup.find_all("a", href=re.compile("^#"))]
    assert set(internal) <= set(ids)
    assert soup.find("a", href="#02_learning_rate-fig-loss").text == "Figure\xa02"


def test_language():
    soup = BeautifulSoup(render_html([ordinary()], ReportMeta("報告", language="zh-TW")), "html.parser")
    assert soup.html["lang"] == "zh-TW"
    assert soup.find("figcaption").b.text == "圖\xa01"
    assert soup.find("summary").text == "目錄"


def test_fonts_only_where_needed(report):
    def faces(html: str) -> list[str]:
        return re.findall('@font-face { font-family: "([^"]*)"', html)

    text = ["Libertinus Serif Core"] * 3
    assert faces(report) == [*text, "Noto Sans TC", "STIX Two Math"]  # Chinese for the author's name
    bare = render_html([chapter(markdown("# T\n\nLatin only."))], ReportMeta("T"))
    assert faces(bare) == text
    assert len(bare) < 120_000  # each with the page's own characters only


def test_unknown_reference_names_the_nearest():
    cells = [code("draw()", figure(label="fig-loss")), markdown("See @fig-los.")]
    with pytest.raises(
        LabError, match=r"01_basic_training, cell 3: .*@fig-loss.*'@fig-los' \(did you mean '@fig-loss'"
    ):
        render_html([chapter(markdown("# T"), *cells)], LAB)


def test_label_must_be_unique():
    with pytest.raises(LabError, match="'fig-a' is used twice"):
        render_html([chapter(code("x", figure(label="fig-a"), figure(label="fig-a")))], LAB)


def test_a_notebook_without_a_title_has_no_heading_of_its_name():
    html = render_html([chapter(markdown("<h1>One</h1>"), markdown("# Two"), markdown("# Three"))], META)
    headings = BeautifulSoup(html, "html.parser").find_all("h2")
    assert [heading.get_text(" ", strip=True) for heading in headings] == ["1 One", "2 Two", "3 Three"]


def test_the_width_that_a_style_asks_for():
    source = f'<img alt="a" src="data:image/png;base64,{png()}" style="max-width:9px; width: 20px;height:5px">'
    assert page(markdown(f"text {source}")).main.img["style"] == "width:20px"


def test_missing_anchor_is_a_warning_and_plain_text(caplog):
    soup = page(markdown("See [the end](#nowhere) and [lab 2](02_other.ipynb)."))
    assert "See the end and lab 2." in soup.get_text()
    assert "cell 2: there is no section 'nowhere'" in caplog.text


def test_typed_numbers_are_not_doubled():
    soup = page(markdown("## 1. Theory\n\n### 1.1 Data\n\n## 3 layers\n\n[x](#1.1-Data) [y](#theory)"))
    assert [h.get_text(" ", strip=True) for h in soup.find_all(["h2", "h3"])] == ["1 Theory", "1.1 Data", "2 3 layers"]
    assert [a["href"] for a in soup.select("p a")] == ["#data", "#theory"]
    soup = page(markdown("## 1.1\u3000訓練\n\n## 2、資料\n\n## 1.5\u00a0eV"))
    assert [h.get_text(" ", strip=True) for h in soup.find_all("h2")] == ["1 訓練", "2 資料", "3 1.5\u00a0eV"]


def test_images_in_markdown(tmp_path, caplog):
    (tmp_path / "net.png").write_bytes(base64.b64decode(png()))
    attached = {"a.png": {"image/png": png()}}
    source = "![The net](net.png)\n\n![Attached](attachment:a.png) inline\n\n![Far](https://example.org/x.png)\n"
    notebook = chapter(markdown("# T"), markdown(source, **attached), path=tmp_path)
    soup = BeautifulSoup(render_html([notebook], META), "html.parser")
    assert soup.find("figcaption").get_text(" ", strip=True) == "Figure\xa01 The net"
    assert [img["alt"] for img in soup.find_all("img")] == ["The net", "Attached"]
    assert "image left out" in caplog.text and "example.org" in caplog.text


def test_html_in_markdown_and_footnotes():
    soup = page(markdown("H<sub>2</sub>O<br>next[^1]\n\n<div align=center><b>boxed</b></div>\n\n[^1]: A note."))
    assert soup.find("sub").text == "2"
    assert soup.find("strong").text == "boxed"
    assert soup.select_one("section.notes li")["id"] == "fn-1"
    assert soup.find("a", href="#fn-1").text == "1"


HOSTILE = [
    markdown("````python\nunclosed `fence`"),
    markdown("NUL \x00 and \ud800 surrogate, $\\undefinedcommand{x}$ and $$\\frac{1}{$$"),
    markdown("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [click](javascript:alert(1))"),
    markdown("## A\n\n##### Deep\n\n" + "x" * 3000 + "\n\n| a |\n|---|\n| b |"),
    code(
        "raise",
        stream("\x1b[31mred\x1b[0m \x07" + "y" * 3000),
        shown({"text/html": "<p onclick='x()'>kept <script>alert(1)</script><iframe src='http://x.org'></iframe></p>"}),
        shown({"text/html": "<table></table>"}),
        shown(
            {"text/html": "<style>@import url(//x.org/a.css)</style><img srcset=//x.org/b.png><object data=//x.org>"}
        ),
        shown({"text/markdown": "![](data:image/svg+xml;base64,PHN2Zy8+) #lab.log(1) $ not math"}),
        tags=("raises-exception",),
    ),
    code("x", stream("z\n" * 20_000)),
]


def test_hostile_notebook(caplog):
    caplog.set_level(logging.WARNING)
    html = render_html([chapter(markdown("# T"), *HOSTILE)], META)
    soup = BeautifulSoup(html, "html.parser")
    assert len(soup.find_all("script")) == 1
    assert not soup.find("iframe")
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert "javascript:" not in html
    assert "\x00" not in html
    assert not FETCHED.search(html.replace(soup.find("script").string, ""))
    assert "kept" in soup.text
    assert len(caplog.records) >= 3


def fonts_of(view, selector: str) -> dict[bool, int]:
    """Glyphs of an element that the page's own fonts draw (True), and glyphs from elsewhere (False)."""
    session = view.context.new_cdp_session(view)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {own: int(sum(f["glyphCount"] for f in fonts if f["isCustomFont"] == own)) for own in (True, False)}


def test_phone_and_network_in_a_browser(browser, tmp_path):
    wide = "<table><tr>" + "".join(f"<td>column {i}</td>" for i in range(40)) + "</tr></table>"
    long_line = code("x = '" + "a" * 400 + "'", stream("b" * 400), table(wide, "Wide."), tags=("show-code",))
    equation = markdown("$$" + "+".join(f"x_{{{i}}}" for i in range(80)) + "$$\n\n" + "w" * 300)
    file = tmp_path / "report.html"
    first = ordinary()
    first.notebook.cells += [long_line, equation]
    file.write_text(render_html([first], META), encoding="utf-8")
    for width in (1280, 390):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        view = context.new_page()
        asked, complaints = [], []
        view.on("request", lambda request, asked=asked: asked.append(request.url))
        view.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        view.goto(file.as_uri())
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []
        assert fonts_of(view, "dd") == {True: 3, False: 0}  # the author's name, in the page's own font
        is_open = view.evaluate("document.querySelector('nav.contents details').open")
        assert is_open == (width == 1280)
        button = view.locator("#fold")
        button.click()
        assert button.text_content() == "Hide all code"
        assert view.locator("details.code:not([open])").count() == 0


def opened(browser, tmp_path, html: str, width: int):
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    view = browser.new_context(viewport={"width": width, "height": 800}, offline=True).new_page()
    view.goto(file.as_uri())
    return view


def test_what_is_cut_says_so_and_keeps_its_first_column(browser, tmp_path):
    head = "".join(f"<th>column {i}</th>" for i in range(12))
    row = "<th>name</th>" + "".join(f"<td>{i}.5</td>" for i in range(11))
    wide = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    equation = markdown("$$" + "+".join(f"x_{{{i}}}" for i in range(40)) + "$$")
    cells = [code("x", table(wide, "Wide."), table("<table><tr><td>1</td></tr></table>", "Narrow.")), equation]
    view = opened(browser, tmp_path, render_html([chapter(markdown("# T"), *cells)], META), 390)
    assert view.locator(".more:visible").all_text_contents() == ["More to the right →"] * 2
    assert view.locator(".cut").count() == 2
    view.locator(".table").first.evaluate("table => table.scrollLeft = table.scrollWidth")
    view.locator(".cut").nth(1).wait_for(state="detached")
    assert view.locator(".more:visible").count() == 1
    assert view.locator("tbody th").first.bounding_box()["x"] == pytest.approx(20, abs=1)


def test_a_wide_table_uses_the_free_window(browser, tmp_path):
    row = "".join(f"<td>column {i}</td>" for i in range(10))
    cells = [code("x", table(f"<table><tr>{row}</tr></table>", "Wide.")), markdown("Text. " * 60)]
    view = opened(browser, tmp_path, render_html([chapter(markdown("# T"), *cells)], META), 1280)
    assert view.locator(".table").bounding_box()["width"] > view.locator("section > p").bounding_box()["width"] + 100
    assert view.locator(".more:visible").count() == 0


def test_the_contents_follow_and_show_the_current_chapter(browser, tmp_path):
    sections = [markdown(f"## Section {i}\n\n" + "Text. " * 400) for i in range(60)]
    chapters = [chapter(markdown(f"# {name}"), *sections, name=name) for name in ("one", "two")]
    view = opened(browser, tmp_path, render_html(chapters, META), 1280)
    assert view.locator("nav.contents a:visible").count() == 3 + 60, "two chapters, the program, one chapter's sections"
    view.evaluate("document.getElementById('two-section-50').scrollIntoView({behavior: 'instant'})")
    view.locator("[aria-current][href='#two-section-50']").wait_for()
    assert view.locator("nav.contents a:visible").count() == 3 + 60
    box = view.locator("[aria-current]").bounding_box()
    assert 0 < box["y"] < 800


def test_a_figure_has_words_and_opens_larger(browser, tmp_path):
    svg = SVG.replace("</svg>", '<text x="20" y="20">the loss</text></svg>')
    cells = [code("x", figure(**{"image/svg+xml": svg}), tags=("show-code",)), markdown("## A")]
    view = opened(browser, tmp_path, render_html([chapter(markdown("# T"), *cells)], META, pdf="report.pdf"), 390)
    assert view.evaluate("window.find('the loss')")
    view.get_by_role("button", name="Enlarge: Figure\xa01").click(force=True)
    assert view.locator("dialog svg").bounding_box()["width"] > 900
    view.get_by_role("button", name="Close").click()
    view.locator("dialog svg").wait_for(state="detached")
    assert view.locator("h2 .permalink").get_attribute("href") == "#a"
    assert view.locator(".code .copy").text_content() == "Copy"
    assert view.locator(".tools a").get_attribute("href") == "report.pdf"


def test_a_brace_spans_what_it_marks_and_a_hat_does_not() -> None:
    marks = page(markdown(r"$$\underbrace{(\hat{y} - y)\,\sigma'(z)}_{\delta}$$")).select("mo[accent]")
    assert {mark.text: mark.get("stretchy") for mark in marks} == {"⏟": None, "^": "false"}


def test_a_formula_alone_in_a_header_has_a_name():
    """Those who listen to a page hear no MathML in the head of a table."""
    grid = table("<table><thead><tr><th>no.</th><th>$x_1$</th></tr></thead><tr><td>1</td><td>2</td></tr></table>")
    cells = markdown("# T"), code("1", grid), markdown("| name | $f(z)$ |\n|:--|:--|\n| sigmoid | $x$ |")
    page = BeautifulSoup(render_html([chapter(*cells)], META), "html.parser")
    formulas = page.select("thead th math")
    assert [(formula["role"], formula["aria-label"]) for formula in formulas] == [("math", "x1"), ("math", "f(z)")]
