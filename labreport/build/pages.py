"""The pages of notebooks that were run: what they are made from, and how they are written."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ..page.document import Chapter, Document, ReportMeta
from ..project.labs import LabNotebook
from ..project.notebook_file import in_shape
from ..project.project import Project

EXECUTED = " (executed)"  # how an executed notebook is called among the inputs of a page


@dataclass(frozen=True)
class Ran:
    """A notebook that was run, as pages are made of it."""

    notebook: LabNotebook
    executed: bytes
    runs: bytes

    def chapter(self, alone: bool, root: Path) -> Chapter:
        """As pages have it; `alone`, if they are without the others of its lab. The project is in the folder `root`."""
        book, notebook = self.notebook, in_shape(json.loads(self.executed))
        return Chapter(book.name, notebook, book.path.parent, book.part, alone, self.runs, root)

    def inputs(self) -> dict[str, bytes]:
        return {f"{self.notebook.name}{EXECUTED}": self.executed, f"{self.notebook.name} (runs)": self.runs}


@dataclass(frozen=True)
class Pages:
    """The HTML and PDF by file name, the pictures beside the notebooks that they show or miss, by path from the
    project's folder, and what their author should look at, a sentence each."""

    files: Mapping[str, bytes]
    pictures: list[str]
    doubts: list[str]


def write_pages(project: Project, meta: Mapping[str, Any], name: str, chapters: list[Chapter]) -> Pages:
    """The pages called `name` of some chapters."""
    from ..page.pdf.render import write_pdf
    from ..page.reading import read_chapters

    print_out = read_chapters(chapters, ReportMeta(**meta), project.read_bibliography())
    pages = []
    with ThreadPoolExecutor(1) as pool:  # the HTML is made while Typst is at work
        write = partial(copy_context().run, write_page, project, meta, chapters, f"{name}.pdf")
        pdf = write_pdf(print_out, lambda: pages.append(pool.submit(write)))
    html, document = pages[0].result()
    pictures = {project.short(path) for path in document.pictures}
    files = {f"{name}.html": html, f"{name}.pdf": pdf}
    return Pages(files, sorted(pictures), list(dict.fromkeys(document.doubts + print_out.doubts)))


def write_page(
    project: Project, meta: Mapping[str, Any], chapters: list[Chapter], pdf: str = ""
) -> tuple[bytes, Document]:
    """The HTML alone, which links to a `pdf` beside it, and the document that it shows."""
    from ..page.html.render import write_html
    from ..page.reading import read_chapters

    document = read_chapters(chapters, ReportMeta(**meta), project.read_bibliography())
    return write_html(document, pdf).encode(), document
