"""Characters that no font of the report has: Typst finds them, their codes stand in their place, and they are named."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NO_GLYPH = "no font of the report has"  # what a doubt says of such characters
# as the standard for accessible PDF demands; the line of a text follows, but not that of one in a drawing
UNSET = re.compile(r'the text `"(.*?)"` could not be displayed [^\n]*\n\s*(┌)?')
NOT_TEXT = re.compile(r'(\$[^$]*\$\.body)|(<[^\s<>]+>|label\("[^"]*"\))')  # a formula, a label
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass
class Unset:
    """The characters without a glyph in the text and in the drawings of a PDF, each once."""

    in_text: list[str]
    in_drawings: list[str]

    def __bool__(self) -> bool:
        return bool(self.in_text or self.in_drawings)


def find_unset(diagnostic: str) -> Unset:
    """What Typst's message names."""
    quoted = UNSET.findall(diagnostic)
    return Unset(
        characters(text for text, has_line in quoted if has_line),
        characters(text for text, has_line in quoted if not has_line),
    )


def characters(quoted: Iterable[str]) -> list[str]:
    text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(quoted))
    # it quotes the letter before a mark as well; joiners are never seen
    return [one for one in dict.fromkeys(text) if not one.isascii() and unicodedata.category(one) != "Cf"]


def put_codes(folder: Path, unset: Unset) -> None:
    """Write the codes of characters in their place, in the text of a PDF and in its drawings."""
    for pattern, found in (("main.typ", unset.in_text), ("*.svg", unset.in_drawings)):
        codes = {ord(character): f"[{code(character)}]" for character in found}
        # in a formula, letters that follow each other would be the name of a symbol
        apart = {character: "\u2060".join(written) for character, written in codes.items()}
        for path in folder.glob(pattern):
            pieces = NOT_TEXT.split(path.read_text(encoding="utf-8"))
            pieces[::3] = [piece.translate(codes) for piece in pieces[::3]]
            pieces[1::3] = [piece and piece.translate(apart) for piece in pieces[1::3]]
            path.write_text("".join(filter(None, pieces)), encoding="utf-8")


def doubts(unset: Unset, parts: Iterable[tuple[str, str, str]]) -> list[str]:
    """A sentence for each place where some of the characters stand, naming them all.

    The `parts` of a document say where each comes from, what is written there, and what its drawings say.
    """
    found: dict[str, dict[str, None]] = {}
    for place, written, drawn in parts:
        here = [one for one in unset.in_text if one in written] + [one for one in unset.in_drawings if one in drawn]
        if here:
            found.setdefault(place, {}).update(dict.fromkeys(here))
    return [
        f"{place}: {NO_GLYPH} {', '.join(map(named, here))}; the PDF shows the code instead"
        for place, here in found.items()
    ]


def named(character: str) -> str:
    """`ក (U+1780)`; a mark that needs a letter stands on a circle."""
    return f"{chr(0x25CC) * (unicodedata.category(character)[0] == 'M')}{character} ({code(character)})"


def code(character: str) -> str:
    return f"U+{ord(character):04X}"
