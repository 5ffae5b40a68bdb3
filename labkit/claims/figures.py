"""Where the numbers of a report lie among our runs."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..figures.figure import show
from ..figures.style import INK, OKABE_ITO, grid_of_panels, scale, styled
from ..words import value_word
from .claim import Number, claim
from .judge import CONDITION, FAILS, HOLDS, Verdict

LOOKS = {HOLDS: ("o", OKABE_ITO[0]), CONDITION: ("^", OKABE_ITO[4]), FAILS: ("X", OKABE_ITO[1])}


def reported_among_ours(verdicts: Sequence[Verdict], *, caption: str, label: str) -> None:
    """Show a row for each number of a report and a mark for each run of ours: a loss as a multiple of the reported one,
    an accuracy less the reported one, in the shape and color of the verdict. Nothing where no number was tested.

    A loss of nan has no row.
    """
    tested = [v for v in verdicts if v.verdict in LOOKS and v.reported]
    rows = [(v, i) for v in tested for i, value in enumerate(v.reported.values) if not np.isnan(value)]
    if rows:
        show(drawn(rows), caption=caption, label=label)


@styled
def drawn(rows: Sequence[tuple[Verdict, int]]) -> np.ndarray:
    losses, accuracies = ([row for row in rows if number_of(row).is_fraction == kind] for kind in (False, True))
    sides = {title: side for title, side in (("loss", losses), ("accuracy", accuracies)) if side}
    axes = grid_of_panels(1, list(sides), 0.85 + 0.14 * max(map(len, sides.values())), sharey=False)[0]
    several = len({claim(v.claim).report for v, _ in rows}) > 1
    for ax, side in zip(axes, sides.values(), strict=True):
        draw_rows(ax, side, several)
    found = [verdict for verdict in LOOKS if any(v.verdict == verdict for v, _ in rows)]
    marks = [Line2D([], [], ls="", marker=LOOKS[v][0], color=LOOKS[v][1], label=v) for v in found]
    axes[0].figure.legend(handles=marks, loc="outside upper center", ncols=3)
    return axes


def draw_rows(ax: Axes, rows: Sequence[tuple[Verdict, int]], several: bool) -> None:
    for y, (v, i) in enumerate(rows):
        number, (marker, color) = number_of((v, i)), LOOKS[v.verdict]
        values = v.ours[:, i] - number.value if number.is_fraction else v.ours[:, i] / number.value
        ax.plot(values, np.full(len(values), y), marker, color=color, ms=3.5, alpha=0.5, mew=0)
    of_losses = not number_of(rows[0]).is_fraction
    ax.axvline(1 if of_losses else 0, color=INK, lw=0.9)
    ax.set_yticks(range(len(rows)), [row_name(v, number_of((v, i)), several) for v, i in rows])
    ax.set(xlabel="ours / reported" if of_losses else "ours − reported")
    ax.set_ylim(len(rows) - 0.5, -0.5)
    if of_losses:
        scale(ax, "x")


def number_of(row: tuple[Verdict, int]) -> Number:
    v, i = row
    return v.reported.numbers[i]


def row_name(v: Verdict, number: Number, several: bool) -> str:
    """A number in a few words: "learning rates, 0.01", "log on linear, 5,000"; of several reports, after the name of
    its own."""
    found = claim(v.claim)
    words = [f"{found.report} " * several + found.name, *map(value_word, v.reported.where.values())]
    if number.quantity.startswith("val"):
        words.append("validation")
    if number.epoch is not None:
        words.append(f"{number.epoch:,}")
    return ", ".join(words)
