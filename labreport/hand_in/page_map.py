"""On which page of a report's PDF each numbered section begins, read from the outline of the PDF itself."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.errors import LabError

NUMBER = re.compile(r"(\d+|[A-Z])(\.\d+){0,3}")  # appendixes have letters; the PDF numbers four levels
HEADING = re.compile(r'<h\d[^>]*><span class="number">([^<]*)</span>')
COLUMNS = ("section", "title", "page")


@dataclass(frozen=True)
class SectionPage:
    """A numbered section, as "2.1", and its first page, counted from 1."""

    number: str
    title: str
    page: int


@dataclass(frozen=True)
class PageMap:
    n_pages: int
    sections: tuple[SectionPage, ...]


def read_page_map(pdf: bytes) -> PageMap:
    """Pages and sections of a PDF. Raise LabError where it cannot be opened, or a section leads to no page."""
    # pypdf takes a tenth of a second to import, which a build with nothing to do should not wait for
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(pdf))
        entries = list(outline_entries(reader.outline))
        pages = [reader.get_destination_page_number(entry) for _, entry in entries]
        n_pages = len(reader.pages)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise LabError(f"the PDF cannot be opened: {error}") from None
    sections = []
    for (depth, entry), page in zip(entries, pages, strict=True):
        number, _, title = str(entry.title).partition(" ")
        # The template writes the number in front; headings too deep for one have none.
        if number.count(".") != depth or not NUMBER.fullmatch(number):
            continue
        if page is None or not 0 <= page < n_pages:
            raise LabError(f"section {number} of the PDF leads to no page")
        sections.append(SectionPage(number, " ".join(title.split()), page + 1))
    return PageMap(n_pages, tuple(sections))


def section_numbers(html: str) -> set[str]:
    """The numbers of the sections that a report's page has, and its PDF must have."""
    return {number for number in HEADING.findall(html) if NUMBER.fullmatch(number)}


def outline_entries(outline: list, depth: int = 0) -> Iterator[tuple[int, object]]:
    """The entries of pypdf's outline in order, with how deep each lies: sections of a section are a list after it."""
    for entry in outline:
        if isinstance(entry, list):
            yield from outline_entries(entry, depth + 1)
        else:
            yield depth, entry


def pages_csv(page_map: PageMap) -> bytes:
    """pages.csv: a row a section."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((section.number, section.title, section.page) for section in page_map.sections)
    return text.getvalue().encode()
