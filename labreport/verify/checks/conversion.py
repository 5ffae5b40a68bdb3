"""Whether report.html and report.pdf are what the executed notebooks give: they are converted again, and compared.

Runs in the child process. Conversion is pandoc, typst and our own templates; nothing of the notebooks is executed.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from labkit.errors import LabError

from ...build.freshness import sha256
from ...hand_in.bundle import EXECUTED, PAGES, RUNS, SOURCE
from ...hand_in.page_map import pages_csv, read_page_map
from ...project.notebook_file import in_shape
from ...project.project import BIBLIOGRAPHY
from ...project.texts import listed
from ..reading.contents import content
from ..reading.findings import FAILED, LOOK, NUMBERS, Finding
from ..reading.strict import load
from . import integrity

STEP = "report"
MAX_BIBLIOGRAPHY = 1_000_000  # bytes
HIDDEN = re.compile(r"<(?P<tag>style|script)\b.*?</(?P=tag)\s*>", re.I | re.S)
LINE_ENDS = re.compile(r"</?(?:p|tr|li|h\d|pre|div|dd|br|figcaption|caption|summary|text)\b[^>]*>", re.I)
CELLS, TAG = re.compile(r"<t[dh]\b[^>]*>", re.I), re.compile(r"<[^>]*>")
PICTURE = re.compile(r'src="data:image/[^"]*"|<svg role="img".*?</svg>', re.S)
# What acts in a page, or decides how it looks: our own page has just these, and no other page may have more.
ACTING = {
    "scripts": re.compile(r"<script\b.*?</script\s*>|<script\b[^>]*>|\son\w+\s*=\s*[^\s>]+", re.I | re.S),
    "styles": re.compile(r"<style\b.*?</style\s*>|<link\b[^>]*>", re.I | re.S),
    "a policy against them": re.compile(r"<(?:meta|base)\b[^>]*>", re.I),
}
MOST_PAGES = 40  # smaller numbers stand at the foot of pages, and in the contents
WORD = re.compile(r"[^\s\u200b\u2060]+")


def compare_report(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Convert the executed notebooks with the title block of the MANIFEST, and compare with the report."""
    try:
        html, pdf = convert_again(folder, manifest)
    except LabError as error:
        text = f"the report was not compared, as the executed notebooks cannot be converted here: {error}"
        yield Finding(LOOK, STEP, text)
        return
    theirs = content(folder, "report.html").decode("utf-8", "replace")
    same = integrity.same_converter(manifest)
    if not same:
        text = "made by another converter than the one here: what a reader sees of the report was compared, no more"
        yield Finding(LOOK, STEP, text)
    if html != theirs and (found := seen_differences(html, theirs) or ["markup only"] * same):
        step = NUMBERS if any(map(str.isdigit, "".join(found))) else STEP
        text = f"report.html is not what the executed notebooks give: {listed(found, 3)}"
        yield Finding(FAILED, step, text, details=tuple(found))
    for what, pattern in ACTING.items():
        if sorted(pattern.findall(html)) != sorted(pattern.findall(theirs)):
            yield Finding(FAILED, STEP, f"report.html has {what} other than a report made here has")
    yield from compare_pdf(pdf, content(folder, "report.pdf"), same)
    yield from check_pages(folder)


def compare_pdf(mine: bytes, theirs: bytes, same: bool) -> Iterator[Finding]:
    """To the byte, or where another converter made it, the words and numbers: lines and pages may be others."""
    if same:
        if mine != theirs:
            yield Finding(FAILED, STEP, "report.pdf is not what the executed notebooks give")
        return
    try:
        ours, others = words_of_pdf(mine), words_of_pdf(theirs)
    except Exception as error:  # pypdf on a file that only looks like a PDF
        yield Finding(FAILED, STEP, f"the PDF cannot be opened: {type(error).__name__}")
        return
    for verb, found in (("shows", others - ours), ("does not show", ours - others)):
        # how often a word stands in running heads, and where it is divided, is a matter of pages and lines
        if words := [
            word for word in found if any(map(str.isdigit, word)) and not (word.isdigit() and int(word) <= MOST_PAGES)
        ]:
            yield Finding(FAILED, STEP, f"report.pdf {verb} what the notebooks give: {listed(map(repr, words), 6)}")
    if new := [word for word in others if word not in ours and word.isalpha()]:
        yield Finding(LOOK, STEP, f"report.pdf has words that the notebooks do not give: {listed(map(repr, new), 6)}")


def words_of_pdf(pdf: bytes) -> Counter:
    from pypdf import PdfReader

    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return Counter(WORD.findall(text))


def convert_again(folder: Path, manifest: Mapping[str, Any]) -> tuple[str, bytes]:
    """The HTML and PDF of the executed notebooks. Raise LabError, whatever a converter says of them."""
    from ...page.document import Chapter, ReportMeta
    from ...page.html.render import render_html
    from ...page.pdf.render import render_pdf

    def chapters() -> list[Chapter]:
        found = []
        for notebook in manifest["notebooks"]:
            name = f"{EXECUTED}{notebook['name']}.ipynb"
            executed = in_shape(load(content(folder, name), name))  # as a build reads it
            beside = (folder / f"{SOURCE}{notebook['key']}").parent
            runs = f"{RUNS}{notebook['name']}.jsonl"
            recorded = content(folder, runs) if (folder / runs).exists() else b""
            chapter = Chapter(notebook["name"], executed, beside, notebook["part"], runs=recorded, root=folder / SOURCE)
            found.append(chapter)
        return found

    try:
        meta = ReportMeta(**manifest["report"])
        bibliography = ""
        if (folder / SOURCE / BIBLIOGRAPHY).exists():
            bibliography = content(folder, f"{SOURCE}{BIBLIOGRAPHY}", MAX_BIBLIOGRAPHY).decode()
        html = render_html(chapters(), meta, bibliography, "report.pdf")
        return html, render_pdf(chapters(), meta, bibliography)
    except LabError:
        raise
    except Exception as error:  # pandoc's, typst's, or of a structure that no reader expects
        raise LabError(f"{type(error).__name__}: {str(error)[:200]}") from None


def check_pages(folder: Path) -> Iterator[Finding]:
    """Whether pages.csv says what the PDF says."""
    try:
        right = pages_csv(read_page_map(content(folder, "report.pdf"))) == content(folder, PAGES)
    except LabError as error:
        yield Finding(FAILED, STEP, str(error))
        return
    except Exception as error:  # pypdf on a file that only looks like a PDF
        yield Finding(FAILED, STEP, f"the PDF cannot be opened: {type(error).__name__}")
        return
    if not right:
        yield Finding(FAILED, STEP, f"{PAGES} does not say on which pages the sections of report.pdf begin")


def seen_differences(mine: str, theirs: str) -> list[str]:
    """What a reader sees in one page and not in the other, in words."""
    ours, others = seen(mine), seen(theirs)
    parts = []
    for verb, lines, known in (("the report says", others, set(ours)), ("the notebooks give", ours, set(others))):
        parts += [f"{verb} {line!r}" for line in lines if line not in known]
    pictures = [PICTURE.findall(page) for page in (mine, theirs)]
    if pictures[0] != pictures[1]:
        n = len({sha256(p) for p in pictures[1]} - {sha256(p) for p in pictures[0]})
        parts.append(f"{n} pictures are others" if n else "pictures are missing, or in another order")
    if not parts and ours != others:
        parts.append("the same lines in another order")
    return parts


def seen(page: str) -> list[str]:
    """The lines that a reader sees; a row of a table is a line."""
    pieces = LINE_ENDS.split(CELLS.sub(" | ", HIDDEN.sub("", page)))
    lines = (" ".join(unescape(TAG.sub("", piece)).split()).strip("| ") for piece in pieces)
    return [line for line in lines if line]
