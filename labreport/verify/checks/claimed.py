"""Numbers in an answer that its notebook does not hold: they may come from elsewhere, or from nowhere."""

from collections.abc import Iterator, Sequence
from itertools import chain

from ..reading.cells import ExecutedCell
from ..reading.findings import OwnCell
from ..reading.numbers import WrittenNumber, numbers

SMALL = 10  # whole numbers up to it count things that no output needs to hold: "two of 3 layers"
ROUNDING = 1 + 1e-9


def unheld_numbers(own: Sequence[OwnCell], cells: Sequence[ExecutedCell]) -> Iterator[tuple[OwnCell, list[str]]]:
    """The numbers of each answer, as they are written, that neither outputs nor other cells of its notebook hold;
    rounding is allowed, and a share may be a percentage."""
    held = {cell.id: [number for text in all_texts(cell) for number in numbers(text)] for cell in cells}
    for answer in own:
        known = [number for cell, found in held.items() if cell != answer.cell for number in found]
        yield answer, [one.text for one in numbers(answer.text) if not is_small(one) and not is_held(one, known)]


def all_texts(cell: ExecutedCell) -> Iterator[str]:
    yield cell.source
    for output in cell.outputs:
        yield from chain(*output.grid, output.texts.values())


def is_small(number: WrittenNumber) -> bool:
    return number.is_count and abs(number.value) <= SMALL


def is_held(number: WrittenNumber, known: Sequence[WrittenNumber]) -> bool:
    """Whether one of the known numbers may be written like this; its sign may be a word."""
    return any(
        abs(abs(mine) - abs(theirs)) <= (half + other_half) * ROUNDING
        for mine, half in ways(number)
        for other in known
        for theirs, other_half in ways(other)
    )


def ways(number: WrittenNumber) -> Iterator[tuple[float, float]]:
    """A number and half a unit of its last digit; a percentage also as a share."""
    yield number.value, number.half
    if number.is_percent:
        yield number.value / 100, number.half / 100
