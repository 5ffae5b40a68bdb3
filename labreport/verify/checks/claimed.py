"""Numbers in an answer that its notebook does not hold: they may come from elsewhere, or from nowhere."""

from collections.abc import Iterator, Sequence
from itertools import chain

from ..reading.cells import ExecutedCell
from ..reading.findings import OwnCell
from ..reading.numbers import WrittenNumber, numbers

SMALL = 10  # whole numbers up to it count things that no output needs to hold: "two of 3 layers"
ROUNDING = 1 + 1e-9


def unheld_numbers(own: OwnCell, cells: Sequence[ExecutedCell]) -> list[str]:
    """The numbers of an answer, as they are written, that neither outputs nor other cells hold; rounding is allowed,
    and a share may be a percentage."""
    known = [number for cell in cells if cell.id != own.cell for text in all_texts(cell) for number in numbers(text)]
    return [number.text for number in numbers(own.text) if not is_small(number) and not is_held(number, known)]


def all_texts(cell: ExecutedCell) -> Iterator[str]:
    yield cell.source
    for output in cell.outputs:
        yield from chain(*output.grid, output.texts.values())


def is_small(number: WrittenNumber) -> bool:
    return number.is_count and abs(number.value) <= SMALL


def is_held(number: WrittenNumber, known: Sequence[WrittenNumber]) -> bool:
    """Whether one of the known numbers may be written like this."""
    for other in known:
        scale = 100 if number.is_percent and not other.is_percent else 1
        apart = min(abs(abs(number.value) - abs(value)) for value in (other.value, scale * other.value))
        if apart <= (number.half + other.half) * ROUNDING:
            return True
    return False
