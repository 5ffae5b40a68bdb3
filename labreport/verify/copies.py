"""Texts and code that stand in several bundles, nearly as they are. Both sides are told: who came first is not known.

What counts is what a reader sees: letters of any script that look alike are one, signs that are not seen are none. A
text is the set of the pieces of a few characters in it, so a changed word changes little; pieces of what came with the
lab are no one's own.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..project.texts import printable
from .reading.findings import LOOK, BundleVerdict, Finding

PIECE = 6  # characters; in Chinese three words
LONGEST = 50_000  # characters of a cell
FEWEST = 12  # pieces of a text that is no chance
ALIKE = 0.6  # of the pieces of the shorter text stand in the other
# Greek, Cyrillic and other letters, in small, that look like Latin ones.
LOOK_ALIKES = str.maketrans("авеіјкмнорстухѕԁһԛԝӏαβεικνορτυχωϲ", "abeijkmhopctyxsdhqwlabeikvoptuxwc")
SEEN = re.compile(r"[^\W_]+")


@dataclass(eq=False)
class Passage:
    """A cell of one bundle: its pieces."""

    verdict: BundleVerdict
    notebook: str
    cell: str
    is_code: bool
    text: str
    pieces: frozenset[str]


@dataclass
class Copies:
    """Knows the passages of the bundles that were checked."""

    by_piece: dict[str, list[Passage]] = field(default_factory=lambda: defaultdict(list))

    def add(self, verdict: BundleVerdict) -> None:
        """Compare the student's own cells of a bundle with those before, and tell both."""
        tell_delivered(verdict)
        own = list(passages(verdict))
        for passage in own:
            shared = Counter(other for piece in passage.pieces for other in self.by_piece.get(piece, ()))
            for other, n in shared.items():
                share = n / min(len(passage.pieces), len(other.pieces))
                if share >= ALIKE:
                    tell(passage, other, share)
                    tell(other, passage, share)
        for passage in own:
            for piece in passage.pieces:
                self.by_piece[piece].append(passage)


def tell(passage: Passage, other: Passage, share: float) -> None:
    what = "code" if passage.is_code else "text"
    where = f"cell {other.cell} of {other.notebook} in {other.verdict.bundle}"
    text = f"{passage.notebook}: the {what} of cell {passage.cell} is {share:.0%} that of {where}"
    passage.verdict.add([Finding(LOOK, "tables", f"{text}: {printable(passage.text, 60)!r}")])


def tell_delivered(verdict: BundleVerdict) -> None:
    """Texts that are nearly those that came with the lab."""
    for own in verdict.own:
        found, here = shingles(own.text), shingles(own.here)
        if not own.is_code and len(here) >= FEWEST <= len(found) and len(found & here) >= ALIKE * len(found):
            share = len(found & here) / len(found)
            text = f"{own.notebook}: the text of cell {own.cell} is {share:.0%} that which came with the lab"
            verdict.add([Finding(LOOK, "tables", text)])


def passages(verdict: BundleVerdict) -> Iterator[Passage]:
    """The student's own cells that have enough of their own."""
    for own in verdict.own:
        found = shingles(own.text) - shingles(own.here)
        if len(found) >= FEWEST:
            yield Passage(verdict, own.notebook, own.cell, own.is_code, own.text, frozenset(found))


def shingles(text: str) -> set[str]:
    seen = as_seen(text[:LONGEST])
    return {seen[i : i + PIECE] for i in range(len(seen) - PIECE + 1)}


def as_seen(text: str) -> str:
    """The letters and digits of a text, as far as they can be told apart by eye."""
    plain = unicodedata.normalize("NFKD", text)
    shown = (char for char in plain if unicodedata.category(char) not in ("Cf", "Cc", "Mn") or char in "\n\t")
    return "".join(SEEN.findall("".join(shown).casefold().translate(LOOK_ALIKES)))


def same_numbers(verdicts: Iterable[BundleVerdict], new: BundleVerdict) -> None:
    """Tell all that have the student number of a new bundle of the lab."""
    others = [one for one in verdicts if one.student_id == new.student_id and one.lab == new.lab and one is not new]
    for one in others if new.student_id else ():
        for mine, other in ((one, new), (new, one)):
            text = f"the student number {mine.student_id!r} is also that of {other.bundle}"
            mine.add([Finding(LOOK, "integrity", text)])
