"""Texts and code that stand in several bundles, nearly as they are. Both sides are told: who came first is not known.

Pieces of what came with the lab are no one's own (`answers.py` says what a piece is).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..project.texts import printable
from .answers import ALIKE, FEWEST, is_empty, shingles
from .reading.findings import COPIES, LOOK, BundleVerdict, Finding, OwnCell


@dataclass(eq=False)
class Passage:
    """A cell of one bundle: its pieces."""

    verdict: BundleVerdict
    own: OwnCell
    pieces: frozenset[str]


@dataclass
class Copies:
    """Knows the passages of the bundles that were checked."""

    by_piece: dict[str, list[Passage]] = field(default_factory=lambda: defaultdict(list))

    def add(self, verdict: BundleVerdict) -> None:
        """Compare the student's own cells of a bundle with those before, and tell both."""
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
    own, theirs = passage.own, other.own
    what = "code" if own.is_code else "text"
    where = f"cell {theirs.cell} of {theirs.notebook} in {other.verdict.bundle}"
    text = f"{own.notebook}: the {what} of cell {own.cell} is {share:.0%} that of {where}: {printable(own.text, 60)!r}"
    passage.verdict.add([Finding(LOOK, COPIES, text, own.key, own.where)])


def passages(verdict: BundleVerdict) -> Iterator[Passage]:
    """The student's own cells that have enough of their own."""
    for own in verdict.own:
        found = shingles(own.text) - shingles(own.here)
        if len(found) >= FEWEST and not (own.is_answer and is_empty(own.text)):
            yield Passage(verdict, own, frozenset(found))


def same_numbers(verdicts: Iterable[BundleVerdict], new: BundleVerdict) -> None:
    """Tell all that have the student number of a new bundle of the lab."""
    others = [one for one in verdicts if one.student_id == new.student_id and one.lab == new.lab and one is not new]
    for one in others if new.student_id else ():
        for mine, other in ((one, new), (new, one)):
            text = f"the student number {mine.student_id!r} is also that of {other.bundle}"
            mine.add([Finding(LOOK, COPIES, text)])
