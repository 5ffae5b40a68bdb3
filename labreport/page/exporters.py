"""The report formats as nbconvert exporters: `jupyter nbconvert --to labhtml x.ipynb`, and labpdf.

They serve any notebook, whoever wrote it. The title block comes from its metadata, `{"report": {"title": …, "course":
…, "author": …}}`.
"""

import json
import logging
from dataclasses import fields
from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter, TemplateExporter

from labkit.errors import LabError

from ..project.language import WORDS
from ..project.notebook_file import Table, in_shape
from ..project.parameter_table import INJECTED, rows_of_run
from ..project.places import at
from ..project.project import BIBLIOGRAPHY
from ..project.texts import listed
from .citations import read_bibliography
from .document import Chapter, ReportMeta
from .html.render import render_html
from .pdf.render import render_pdf

log = logging.getLogger(__name__)


class NotConverted(LabError, SystemExit):
    """Ends `jupyter nbconvert` with a sentence; to a program that uses an exporter it is a LabError like others."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = f"error: {message}"


class LabExporter(TemplateExporter):
    """Runs nbconvert's preprocessors, then labkit's conversion in the place of a template. Raises NotConverted.

    What nbconvert's options leave out, as `--no-input` does, is left out.
    """

    def from_file(self, file_stream, resources=None, **kw):
        name = (resources or {}).get("metadata", {}).get("name") or "the notebook"
        try:
            with at(name, "this is not a notebook that can be read"):
                nb = notebook_of(file_stream.read())
        except LabError as error:
            raise NotConverted(str(error)) from None
        return self.from_notebook_node(nb, resources, **kw)

    def from_notebook_node(self, nb, resources=None, **kw):
        place = (resources or {}).get("metadata", {})
        name, folder = place.get("name") or "Notebook", Path(place.get("path") or ".")
        try:
            with at(name):
                nb, resources = Exporter.from_notebook_node(self, nbformat.from_dict(in_shape(nb)), resources, **kw)
                chapter = Chapter(name, with_parameters(self.without_excluded(nb), name), folder, alone=True)
                return self.render([chapter], report_meta(nb.metadata), bibliography_near(folder)), resources
        except LabError as error:
            raise NotConverted(str(error)) from error

    def without_excluded(self, nb):
        """The notebook without what the options for nbconvert's own templates leave out of them."""
        kinds = {"code": self.exclude_code_cell, "markdown": self.exclude_markdown, "raw": self.exclude_raw}
        nb.cells = [cell for cell in nb.cells if not kinds[cell.cell_type]]
        for cell in nb.cells:
            if self.exclude_input or cell.metadata.get("transient", {}).get("remove_source"):
                cell.metadata.tags.append("remove-input")
            if self.exclude_output:
                cell.outputs = []
        return nb

    def render(self, chapters, meta, bibliography):
        raise NotImplementedError


class LabHTMLExporter(LabExporter):
    """One self-contained HTML file."""

    export_from_notebook = "Lab report (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self):
        return ".html"

    def render(self, chapters, meta, bibliography):
        return render_html(chapters, meta, bibliography)


class LabPDFExporter(LabExporter):
    """A PDF, without TeX or a browser."""

    export_from_notebook = "Lab report (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self):
        return ".pdf"

    def render(self, chapters, meta, bibliography):
        return render_pdf(chapters, meta, bibliography)


def bibliography_near(folder: Path) -> str:
    """The text of the bibliography beside a notebook or one folder above, "" if there is none that can be read."""
    found = [path for path in (folder / BIBLIOGRAPHY, folder.resolve().parent / BIBLIOGRAPHY) if path.is_file()]
    if not found:
        return ""
    try:
        with at(BIBLIOGRAPHY, "it cannot be read"):
            bibtex = found[0].read_text(encoding="utf-8")
            read_bibliography(bibtex)
            return bibtex
    except LabError as error:
        log.warning("nothing is cited: %s", error)
        return ""


def notebook_of(source: str) -> Table:
    """The notebook in a file's text, of this format or an older one."""
    content = json.loads(source)
    if isinstance(content, dict) and content.get("nbformat") == 4:
        return in_shape(content)  # nbformat is stricter
    return nbformat.reads(source, as_version=4)


def with_parameters(notebook: Table, name: str) -> Table:
    """The notebook; if its parameters are not written as ours are, their cells are code like any other."""
    try:
        rows_of_run(notebook, name)
    except LabError as error:
        log.warning("there is no table of the settings: %s", error)
        for cell in notebook["cells"]:
            cell["metadata"]["tags"] = [
                t for t in cell["metadata"].get("tags", []) if t not in ("parameters", INJECTED)
            ]
    return notebook


def report_meta(metadata: Table) -> ReportMeta:
    """The title block a notebook asks for; without a title of its own it is the notebook's first heading."""
    given = metadata.get("report")
    texts = {name: str(text) for name, text in given.items() if text} if isinstance(given, dict) else {}
    known = {field.name for field in fields(ReportMeta)} - {"command"}  # it is that of a lab
    if texts.get("language", "en") not in WORDS:
        log.warning("the report's own words are English: its language may be %s", listed(WORDS))
        del texts["language"]
    return ReportMeta(**{"title": "", **{name: text for name, text in texts.items() if name in known}})
