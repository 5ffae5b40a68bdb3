"""The pages of notebooks that were run: what they are made from, and how they are written."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

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

    def inputs(self) -> dict[str, bytes]:
        return {f"{self.notebook.name}{EXECUTED}": self.executed, f"{self.notebook.name} (runs)": self.runs}


@dataclass(frozen=True)
class Pages:
    """The HTML and PDF by file name, the pictures beside the notebooks that they show or miss, by path from the
    project's folder, and what their author should look at, a sentence each."""

    files: Mapping[str, bytes]
    pictures: list[str]
    doubts: list[str]


def write_pages(project: Project, meta: Mapping[str, Any], name: str, made: Sequence[Ran], alone: bool) -> Pages:
    """The pages called `name` of some notebooks, or of one that is written `alone`, without the others of its lab."""
    from ..page.document import Chapter, ReportMeta
    from ..page.html.render import write_html
    from ..page.pdf.render import render_pdf
    from ..page.reading import read_chapters

    chapters = [
        Chapter(
            name=ran.notebook.name,
            notebook=in_shape(json.loads(ran.executed)),
            path=ran.notebook.path.parent,
            part=ran.notebook.part,
            alone=alone,
            runs=ran.runs,
        )
        for ran in made
    ]
    title_block, bibliography = ReportMeta(**meta), project.read_bibliography()
    document = read_chapters(chapters, title_block, bibliography)
    with ThreadPoolExecutor(1) as pool:  # both wait for pandoc most of the time, and one of them for Typst
        pdf = pool.submit(copy_context().run, render_pdf, chapters, title_block, bibliography)
        html = write_html(document, f"{name}.pdf").encode()
    pictures = {project.short(path) for path in document.pictures}
    return Pages({f"{name}.html": html, f"{name}.pdf": pdf.result()}, sorted(pictures), document.doubts)
