"""A notebook of a stranger on its way to a page: nothing in it becomes code, a style or a call of another program."""

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from report_samples import META, chapter, code, markdown, shown

from labreport.page.document import Chapter
from labreport.page.html.render import render_html
from labreport.page.pdf import render, setting
from labreport.page.pictures.bitmaps import read_bitmap

ATTRIBUTES = """ style="EVIL" class="EVIL" onclick="EVIL" typst:fill="EVIL" data-typst:text:fill="EVIL); #EVIL"
 width=EVIL align=EVIL bgcolor=EVIL title="EVIL" lang="EVIL" role="EVIL" dir="EVIL" """
INLINE = ["code", "span", "a", "b", "i", "u", "s", "sub", "sup", "mark", "q", "kbd", "samp", "abbr", "font", "img"]
BLOCKS = ["pre", "div", "p", "ul", "ol", "dl", "h2", "section", "blockquote", "figure"]
TABLE = "<table{0}><caption{0}>c</caption><thead{0}><tr{0}><th{0}>h</th></tr></thead><tr{0}><td{0}>x</td></tr></table>"
IMPORT = 'red); #import "@preview/cetz:0.3.4": canvas; #read("/etc/passwd"'
LINKS = ["java\tscript:alert(1)", "&#1;javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x"]


def hostile() -> Chapter:
    inline = [f"Word <{tag}{ATTRIBUTES}>x</{tag}> word." for tag in INLINE]
    blocks = [f"<{tag}{ATTRIBUTES}>x</{tag}>" for tag in BLOCKS]
    html = [*blocks, TABLE.format(ATTRIBUTES), TABLE.format(f" data-typst:fill='{IMPORT}'")]
    html += [f'<a href="{address}">link</a>' for address in LINKS]
    raw = f"```{{=typst}}\n#{IMPORT}\n```\n\n`#EVIL`{{=typst}}"
    cells = [markdown(text) for text in (*inline, *html, raw)]
    return chapter(markdown("# T"), *cells, code("1", *(shown({"text/html": text}) for text in html)))


def test_no_attribute_of_a_text_reaches_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """`style` laid a false number over a true one, and `typst:fill` of a table was code."""
    written = []
    typeset = setting.typeset
    monkeypatch.setattr(
        setting,
        "typeset",
        lambda folder, **options: written.append((folder / "main.typ").read_text()) or typeset(folder, **options),
    )
    render.render_pdf([hostile()], META)
    page = render_html([hostile()], META).partition("</h1>")[2]
    tags = "".join(re.findall("<[^<>]*>", page))
    assert "EVIL" not in tags and not re.search(r'href="\s*(java|vb|data)\w*:', tags)
    code_of_typst = re.sub(r'"(?:[^"\\]|\\.)*"', '""', written[0])  # a text is none
    assert "EVIL" not in code_of_typst and "#import" not in code_of_typst.partition("\n")[2]


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n%%EndComments\nshowpage\n%%EOF\n"


def test_postscript_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow hands it to Ghostscript, which runs it."""
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: started.append(args))
    assert read_bitmap(POSTSCRIPT) is None and not started


@pytest.mark.skipif(not shutil.which("strace"), reason="without strace, what a library asks of the system is not seen")
def test_nothing_is_fetched_and_no_program_started_but_pandoc(tmp_path: Path) -> None:
    """Typst is no Python: an audit hook does not see what it connects to."""
    picture = {"image/png": base64.b64encode(POSTSCRIPT).decode()}
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_hostile_pages import META, chapter, code, hostile, markdown, render, render_html, shown
more = chapter(markdown("![x](http://127.0.0.1:9/x.png) ![x](https://localhost/x.png)"), code("1", shown({picture})))
render_html([hostile(), more], META)
render.render_pdf([hostile(), more], META)
"""
    log = tmp_path / "calls"
    command = ["strace", "-f", "-qq", "-e", "trace=connect,execve", "-o", log, sys.executable, "-c", program]
    subprocess.run(command, check=True, capture_output=True)
    calls = log.read_text().splitlines()
    assert [line for line in calls if "AF_INET" in line] == []
    started = {Path(found[1]).name for line in calls if (found := re.search(r'execve\("([^"]+)".*= 0', line))}
    assert started <= {Path(sys.executable).name, Path(sys.executable).resolve().name, "pandoc"}
