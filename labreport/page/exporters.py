"""The report formats as nbconvert exporters: `jupyter nbconvert --to labhtml x.ipynb`, and labpdf.

The title block comes from the notebook's metadata, `{"report": {"title": …, "course": …, "author": …}}`.
"""

from dataclasses import fields
from pathlib import Path

from nbconvert.exporters import Exporter

from ..project.notebook_file import in_shape
from ..project.project import BIBLIOGRAPHY
from .document import Chapter, ReportMeta
from .html.render import render_html
from .pdf.render import render_pdf


class LabExporter(Exporter):
    """Runs nbconvert's preprocessors, then labkit's conversion."""

    def from_notebook_node(self, nb, resources=None, **kw):
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        place = resources["metadata"]
        folder = Path(place.get("path") or ".")
        chapter = Chapter(place.get("name") or "Notebook", in_shape(nb), folder, alone=True)
        return self.render([chapter], report_meta(nb.metadata), bibliography_near(folder)), resources

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
    """The text of the bibliography beside a notebook or one folder above, "" if there is none."""
    found = [path for path in (folder / BIBLIOGRAPHY, folder.resolve().parent / BIBLIOGRAPHY) if path.is_file()]
    return found[0].read_text(encoding="utf-8") if found else ""


def report_meta(metadata: dict) -> ReportMeta:
    """The title block a notebook asks for; without a title of its own it is the notebook's first heading."""
    given = metadata.get("report", {})
    known = {field.name for field in fields(ReportMeta)}
    return ReportMeta(**{"title": "", **{name: str(given[name]) for name in given if name in known}})
