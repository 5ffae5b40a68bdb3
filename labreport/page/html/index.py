"""The page of all reports that are built: what each found, and where its files are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from urllib.parse import quote

from ...project.language import WORDS
from .faces import font_faces
from .frame import template

LANGUAGE = "en"  # of the page; what it says of a report is in that report's own
SHORT = {
    ".html": "HTML",
    ".pdf": "PDF",
    ".ipynb": "notebook",
    ".jsonl": "runs",
}  # what a reader calls a notebook's files
ANCHOR = re.compile(r'href="#')


@dataclass(frozen=True)
class BuiltLab:
    """A report in `folder`, beside the index: its HTML, the command that built it, and the files of each notebook by
    its name, as paths in there."""

    folder: str
    report: str
    n_pages: int
    command: str
    files: Mapping[str, Sequence[str]]


def index_page(labs: Sequence[BuiltLab]) -> str:
    """The page, which loads nothing and runs nothing."""
    words = WORDS[LANGUAGE]
    body = "\n".join(map(lab_section, labs)) or f"<p>{words['no_reports']}</p>"
    frame = {"language": LANGUAGE, "title": words["reports"], "skip": words["skip"], "body": body}
    html = Template(template("index.html")).substitute(frame, style="$style")
    return html.replace("$style", font_faces(html) + template("report.css"), 1)


def lab_section(lab: BuiltLab) -> str:
    """Title, length, the table of questions and findings where the report has one, and all files."""
    language = found(r'<html lang="([\w-]+)"', lab.report) or LANGUAGE
    words = WORDS[language]
    title = found(r"<h1>(.*?)</h1>", lab.report) or escape(lab.folder)
    lines = [
        found(r'<p class="course">(.*?)</p>', lab.report),
        words["n_pages"].format(n=lab.n_pages) if lab.n_pages else "",
        links(lab, ["report.html", "report.pdf"]),
        f"<code>{escape(lab.command)}</code>" if lab.command else "",
    ]
    summary = found(r'<section class="summary">.*?(<table.*?</table>)', lab.report)
    if summary:
        table = ANCHOR.sub(f'href="{address(lab, "report.html")}#', summary)
        label = f"{words['summary']}: {re.sub('<.*?>', '', title)}"
        summary = f'<div class="table" role="region" aria-label="{label}" tabindex="0">{table}</div>'
    items = "".join(f"<li>{escape(name)}: {links(lab, files)}</li>" for name, files in lab.files.items())
    return f"""<section class="lab" lang="{language}">
<h2><a href="{address(lab, "report.html")}">{title}</a></h2>
<p>{" · ".join(filter(None, lines))}</p>
{summary}
<details><summary>{words["files_of_notebooks"]}</summary><ul>{items}</ul></details>
</section>"""


def links(lab: BuiltLab, files: Sequence[str]) -> str:
    """A link for each file, by what a reader calls it; tables by their names."""
    return ", ".join(f'<a href="{address(lab, file)}">{escape(called(file))}</a>' for file in files)


def called(file: str) -> str:
    """`HTML` of a page, `rates.csv` of tables/02_learning_rate-rates.csv."""
    end = file[file.rindex(".") :]
    return SHORT.get(end) or file.rpartition("/")[2].partition("-")[2] or file


def address(lab: BuiltLab, file: str) -> str:
    return quote(f"{lab.folder}/{file}")


def found(pattern: str, html: str) -> str:
    match = re.search(pattern, html, re.S)
    return match[1] if match else ""
