"""The page around an HTML report: title block, table of contents, styles, fonts, and a policy without network."""

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

from pygments.formatters import HtmlFormatter

from ..document import Document
from ..numbering import CONTENTS_DEPTH
from ..rewriting import Heading
from .faces import font_faces

SCRIPT_WORDS = ("show_code", "hide_code", "copy", "copied", "permalink", "enlarge", "close", "more")
CODE_STYLES = {"light": "xcode", "dark": "lightbulb"}


def whole_page(document: Document, headings: list[Heading], body: str, pdf: str) -> str:
    """The complete file; `pdf` is the name of the same report's PDF in the same folder, or ""."""
    meta, words = document.meta, document.meta.words
    script = template("report.js")
    frame = {
        "language": meta.language,
        "policy": escape(policy(script)),
        "author": escape(meta.author),
        "page_title": escape(window_title(document)),
        "header": header(document),
        "contents": contents(headings, words["contents"]),
        "body": body,
        "script": script,
        "skip": words["skip"],
        "script_words": escape(json.dumps({name: words[name] for name in SCRIPT_WORDS}, ensure_ascii=False)),
        "pdf": f'<a href="{escape(pdf)}">{words["pdf"]}</a>' if pdf else "",
        "button": "" if '<details class="code"' in body else " hidden",
    }
    html = Template(template("report.html")).substitute(frame, style="$style")
    style = "\n".join([font_faces(html), template("report.css"), code_colors()])
    return html.replace("$style", style, 1)


def template(name: str) -> str:
    return files("labreport.page").joinpath("templates", name).read_text(encoding="utf-8")


def policy(script: str) -> str:
    """Nothing may be loaded, and no script may run but the page's own: outputs cannot smuggle one in."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def window_title(document: Document) -> str:
    titles = [document.meta.title]
    if not document.combined:
        titles.insert(0, document.sections[0].plain_title)
    return " · ".join(dict.fromkeys(filter(None, titles)))


def header(document: Document) -> str:
    meta = document.meta
    lines = [f'<p class="course">{escape(meta.course)}</p>' if meta.course else ""]
    chapter = re.sub(r"</?p>", "", document.chapter_title.written) if document.chapter_title else ""
    title = escape(meta.title) or chapter
    lines.append(f"<h1>{title}</h1>")
    if chapter and chapter != title:
        lines.append(f'<p class="chapter-title">{chapter}</p>')
    if meta.subtitle:
        lines.append(f'<p class="subtitle">{escape(meta.subtitle)}</p>')
    facts = [(meta.words[name], getattr(meta, name)) for name in ("author", "student_id", "date")]
    items = "".join(f"<div><dt>{word}</dt><dd>{escape(value)}</dd></div>" for word, value in facts if value)
    lines.append(f"<dl>{items}</dl>" if items else "")
    return "\n".join(filter(None, lines))


def contents(headings: list[Heading], word: str) -> str:
    """The table of contents; nothing where there is nothing to list."""
    shown = [heading for heading in headings if heading.depth <= CONTENTS_DEPTH]
    if not shown:
        return ""
    return (
        f'<nav class="contents" aria-label="{word}">\n<details open>\n<summary>{word}</summary>\n'
        f"{contents_list(shown)}\n</details>\n</nav>"
    )


def contents_list(shown: list[Heading]) -> str:
    out = ["<ol>"]
    for heading, after in pairwise([*shown, None]):
        title = re.sub(r"</?p>", "", heading.title.written)
        number = f'<span class="number">{heading.number}</span>' if heading.number else ""
        out.append(f'<li><a href="#{escape(heading.anchor)}">{number} <span>{title}</span></a>')
        step = (after.depth if after else shown[0].depth) - heading.depth
        out.append("<ol>" if step > 0 else "</li>" + "</ol></li>" * -step)
    return "".join([*out, "</ol>"])


@cache
def code_colors() -> str:
    def rules(style: str) -> str:
        every = HtmlFormatter(style=style, classprefix="t-").get_style_defs("pre")
        return "\n".join(line for line in every.splitlines() if line.startswith("pre .t-"))

    dark = f"@media screen and (prefers-color-scheme: dark) {{\n{rules(CODE_STYLES['dark'])}\n}}"
    return f"{rules(CODE_STYLES['light'])}\n{dark}"
