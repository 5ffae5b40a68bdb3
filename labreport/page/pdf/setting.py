"""Typst sets the parts of a PDF; of what it refuses, the part is found by setting some of them without the others."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from labkit.errors import LabError

from ...project.texts import listed, printable
from ..refusals import NotSet, refusals
from . import glyphs

log = logging.getLogger(__name__)

TIMESTAMP = 0  # the file says the same whenever it is made
FOREIGN = "image contains foreign object"  # its text stands in its place
NO_LINKS = "#show link: it => it.body"  # what they lead to may stand in another part


@dataclass(frozen=True)
class Part:
    """What is written in Typst's markup, and what it was in the notebook: its cell and its text."""

    where: str
    written: str
    source: str = ""


def set_pages(folder: Path, opening: str, parts: Sequence[Part]) -> tuple[bytes, glyphs.Unset]:
    """The PDF of an opening and the parts behind it, whose pictures and template are in the folder, and the characters
    in it that no font has: their codes stand there. Raise LabError, which says what Typst refuses."""
    write_main(folder, [opening, *(part.written for part in parts)])
    try:
        return set_accessible(folder)
    except NotSet as error:
        found = unsettable(folder, opening, parts)
        where = listed(dict.fromkeys(part.where for part in found)) or "the title block"
        text = f": {printable(found[0].source)}" if len(found) == 1 else ""
        raise LabError(f"{where}: this cannot be set in the PDF ({error}){text}") from error


def write_main(folder: Path, written: Sequence[str]) -> None:
    text = "\n\n".join(filter(None, written))
    Path(folder, "main.typ").write_text(f"{text}\n", encoding="utf-8")


def unsettable(folder: Path, opening: str, parts: Sequence[Part]) -> Sequence[Part]:
    """The parts that cannot be set: one, or a few that only fail together; none if the opening fails alone."""

    def fails(some: Sequence[Part]) -> bool:
        write_main(folder, [NO_LINKS, opening, *(part.written for part in some)])
        try:
            typeset(folder)
        except NotSet:
            return True
        return False

    return [] if fails([]) else fewest(parts, fails)


def fewest(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool]) -> Sequence[Part]:
    """As few of the parts that fail as halving them finds."""
    middle = len(parts) // 2
    for half in (parts[:middle], parts[middle:]):
        if len(parts) > 1 and fails(half):
            return fewest(half, fails)
    return parts


def set_accessible(folder: Path) -> tuple[bytes, glyphs.Unset]:
    """The PDF of the main.typ in a folder, by the standard for accessible PDF if that can be, and the characters
    without a glyph, which that standard finds. Raise NotSet."""
    unset = glyphs.find_unset("")
    try:
        try:
            pdf, warnings = typeset(folder, pdf_standards=["ua-1"])
        except NotSet as error:
            unset = glyphs.find_unset(error.diagnostic)
            if not unset:
                raise
            glyphs.put_codes(folder, unset)
            pdf, warnings = typeset(folder, pdf_standards=["ua-1"])
    except NotSet as error:
        pdf, warnings = typeset(folder)
        log.warning("the PDF is not fully accessible: %s", error)
    for warning in warnings:
        log.warning("typst: %s", warning)
    return pdf, unset


def typeset(folder: Path, **options: object) -> tuple[bytes, list[str]]:
    """The PDF of the main.typ in a folder, and Typst's warnings. Raise NotSet."""
    import typst

    with as_file(files("labkit").joinpath("fonts")) as fonts, refusals():
        pdf, warnings = typst.compile_with_warnings(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,  # the same pages on every machine
            timestamp=TIMESTAMP,
            **options,
        )
    return pdf, [warning.message for warning in warnings if warning.message != FOREIGN]
