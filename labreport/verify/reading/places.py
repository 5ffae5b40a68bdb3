"""Where the cells of a bundle stand in its report: section and page, by the headings and pages.csv."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...project.texts import printable

HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.M)
LETTERS = re.compile(r"[^\W_]+")


def places_in_report(notebooks: Sequence[Mapping[str, Any]], pages: Sequence[Sequence[str]]) -> dict[str, str]:
    """`2.1 Rates, page 7` by cell, as "01_first/id-3".

    Headings come in the order of the sections. One that is not found, as one with a formula in it, counts to the
    section before.
    """
    sections = [(letters(title), f"{number} {printable(title, 60)}, page {page}") for number, title, page in pages]
    places: dict[str, str] = {}
    at = -1
    for notebook in notebooks:
        for cell in notebook["cells"] or ():
            if cell["kind"] == "markdown":
                for heading in HEADING.findall(cell["source"]):
                    wanted = letters(heading)
                    at = next((i for i in range(at + 1, len(sections)) if sections[i][0] == wanted), at)
            if at >= 0:
                places[f"{notebook['name']}/{cell['id']}"] = sections[at][1]
    return places


def letters(title: str) -> str:
    return "".join(LETTERS.findall(title.casefold()))
