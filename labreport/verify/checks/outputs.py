"""What a cell shows in two runs: every form of every output, on the same machine to the byte, on another within a
tolerance. What another machine cannot change is the same on each: words, counts, colors, and which forms there are."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from ...project.texts import printable
from ...run.drawing import draws_as_pinned
from ..reading.cells import Output
from ..reading.numbers import deviation, numbers, skeleton

MEASURED = re.compile(r"\b(seconds?|ms|µs|milliseconds|microseconds)\b|PyTorch / labkit")
TIME = re.compile(
    r"[-−–—±()<>≈~\s\d.,:e+×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*(?:nan|s|ms|µs|ns|min|h|%)?[-−–—±()\s\d.,]*(?:s|ms|µs|ns|min|h|%)?\)?"
)
LONGEST_TIME = 60  # characters
# Where the lines and words of an SVG stand; and names in it that are made of all digits of a path.
PLACES = re.compile(r'(\b(?:d|x|y|points|width|height)="[^"]*"|\b(?:translate|rotate)\([^)]*\))')
NAME = re.compile(r"\b[a-z][0-9a-f]{10}\b")
PLACE = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
MOVED = 1.0  # points of a drawing of about 400
SHADE = 48  # of 255: how far a pixel of a thumbnail may differ
Rows = list[list[str]]


@dataclass(frozen=True)
class Difference:
    """What is shown and not so here, in words, and how far from it, as a multiple of the tolerance."""

    text: str
    far: float = math.inf
    is_figure: bool = False


def differences(ours: Sequence[Output], theirs: Sequence[Output]) -> list[list[Difference]]:
    """What is shown differently, for each output that there is here."""
    if len(ours) != len(theirs):
        return [[Difference(f"{len(theirs)} outputs, here {len(ours)}")] for _ in ours or theirs]
    pairs = zip(ours, theirs, strict=True)
    return [[] if mine.sha == other.sha else list(differences_of(mine, other)) for mine, other in pairs]


def differences_of(mine: Output, other: Output) -> Iterator[Difference]:
    if mine.form != other.form:
        forms = f"it is {printable(other.form, 80)!r}, here {printable(mine.form, 80)!r}"
        yield Difference(forms, is_figure=mine.is_figure)
        return
    columns = measured_columns(mine.grid[: mine.n_head])
    found = list(differing_rows(mine.grid, other.grid, columns))
    for name, text in mine.texts.items():
        # where time was measured, the same table as plain text has other numbers, and spaces
        ours, others = (
            " ".join(skeleton(t).split()) if columns and name == "text/plain" else t for t in (text, other.texts[name])
        )
        if ours != others:
            words = f"{around(others, ours)!r}, here {around(ours, others)!r}"
            found.append(Difference(words, deviation(ours, others)))
    if draws_as_pinned():
        found += figure_differences(mine, other)
    if not found and not columns and (draws_as_pinned() or not mine.is_figure):
        found = [Difference("something that no reader sees", 0.0)]
    name = f"{printable(mine.name, 40)}: " if mine.name else ""
    yield from (Difference(name + one.text, one.far, one.is_figure) for one in found)


def figure_differences(mine: Output, other: Output) -> Iterator[Difference]:
    for mime, sha in mine.pictures.items():
        if sha != other.pictures[mime]:
            if mime in mine.thumbnails:
                far = shaded(mine.thumbnails[mime], other.thumbnails[mime])
            else:
                far = moved(mine.drawing, other.drawing)
            yield Difference(f"another picture ({mime})", far, is_figure=True)


def moved(mine: str, theirs: str) -> float:
    """How far the lines of two drawings lie apart, as a multiple of what another machine may move them: all else, such
    as the words, and the numbers among them, has to be the same."""
    ours, others = (PLACES.split(numbered(drawing)) for drawing in (mine, theirs))
    same = ours[::2] == others[::2] and [PLACE.sub("", at) for at in ours[1::2]] == [
        PLACE.sub("", at) for at in others[1::2]
    ]
    places = [PLACE.findall("".join(pieces[1::2])) for pieces in (ours, others)]
    if not same or len(places[0]) != len(places[1]) or not places[0]:
        return math.inf
    return max(abs(float(a) - float(b)) for a, b in zip(*places, strict=True)) / MOVED


def numbered(drawing: str) -> str:
    """The drawing with its names in the order in which they are used."""
    names: dict[str, str] = {}
    return NAME.sub(lambda name: names.setdefault(name[0], f"name{len(names)}"), drawing)


def shaded(mine: str, theirs: str) -> float:
    """How far the colors of two thumbnails lie apart, as a multiple of what another machine may change."""
    ours, others = bytes.fromhex(mine), bytes.fromhex(theirs)
    if len(ours) != len(others) or not ours:
        return math.inf
    return max(abs(a - b) for a, b in zip(ours, others, strict=True)) / SHADE


def measured_columns(head: Rows) -> set[int]:
    """The columns of measured time, which no two builds share, by the words above them."""
    return {column for row in head for column, text in enumerate(row) if MEASURED.search(text)}


def differing_rows(mine: Rows, theirs: Rows, measured: set[int]) -> Iterator[Difference]:
    """The cells of two tables that differ. In a column of `measured` time any time may stand, and nothing else."""
    for i, (ours, others) in enumerate(zip_longest(mine, theirs)):
        if ours is None or others is None or len(ours) != len(others):
            yield Difference(f"{len(theirs)} rows, here {len(mine)}, or others from row {i + 1} on")
            return
        for column, (a, b) in enumerate(zip(ours, others, strict=True)):
            if a == b or (column in measured and len(b) < LONGEST_TIME and TIME.fullmatch(b)):
                continue
            why = " in a column of measured time" if column in measured else ""
            yield Difference(f"{b!r}{why}, here {a!r}", deviation(a, b))


def n_numbers(outputs: Sequence[Output]) -> int:
    texts = (text for output in outputs for text in chain(*output.grid, output.texts.values()))
    return sum(len(numbers(text)) for text in texts)


def around(text: str, other: str) -> str:
    """The place where a text begins to differ from the other."""
    same = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    return ("…" if same > 20 else "") + text[max(0, same - 20) : same + 40]
