"""Names at the ends of lines, right of the axes: beside the line where there is room, else moved, with a leader.

Where panels are too narrow for names, they have one legend.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from .style import darker

GAP = 10.0  # points from one name to the next
BESIDE, LEADER = 3, 12  # points from the axes to the names: all beside their lines, or some moved


@dataclass(frozen=True)
class End:
    """Where a line ends, in data coordinates, and what it is called; y is nan where it was never finite."""

    name: str
    x: float
    y: float
    style: dict


def name_ends(panels: Mapping[Axes, list[End]]) -> None:
    """Write the name of each line at its end, once all panels of a figure are drawn: they may share their axes."""
    for figure in {ax.figure for ax in panels}:
        figure.draw_without_rendering()  # the place of the axes is only known when all else has one
    for ax, ends in panels.items():
        name_ends_of(ax, ends)


def name_ends_of(ax: Axes, ends: list[End]) -> None:
    """The names of one panel; that of a line that was never finite stands beside the top."""
    width, height = ax.get_window_extent().size * 72 / ax.figure.dpi
    low, high = sorted(ax.get_ylim())
    places = [(end.x, np.clip(end.y, low, high)) if np.isfinite(end.y) else (ax.get_xlim()[1], high) for end in ends]
    at = ax.transAxes.inverted().transform(ax.transData.transform(places))
    heights = spread_out(at[:, 1] * height, GAP, height) / height
    beside = bool((at[:, 0] > 0.97).all() and (np.abs(heights - at[:, 1]) * height < 1).all())
    for end, (x, y), moved in zip(ends, at, heights, strict=True):
        color = darker(end.style["color"])
        leader = {} if beside else {"arrowprops": {"arrowstyle": "-", "color": color, "lw": 0.6, "shrinkA": 0}}
        place = (1 + (BESIDE if beside else LEADER) / width, moved)
        options = {"va": "center", "color": color, "annotation_clip": False} | leader
        ax.annotate(end.name, (x, y), place, "axes fraction", "axes fraction", **options)
    ax.named = [end.name for end in ends]


def spread_out(wanted: np.ndarray, gap: float, top: float) -> np.ndarray:
    """Heights near the wanted ones, in the same order and `gap` apart, from 0 to `top` where all have room.

    Less i gaps, the i-th lowest must not be below the one before it: half way between lifting all that are too low and
    lowering all that are too high.
    """
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    heights = wanted[order] - steps
    heights = (np.maximum.accumulate(heights) + np.minimum.accumulate(heights[::-1])[::-1]) / 2
    found = np.empty(len(wanted))
    found[order] = np.clip(heights, 0, max(0, top - steps[-1])) + steps
    return found


def legend_below(axes: Iterable[Axes]) -> None:
    """One legend below all panels, with each name once; nothing where all lines have one name."""
    axes = list(axes)
    found = {name: line for ax in axes for line, name in zip(*ax.get_legend_handles_labels(), strict=True)}
    if len(found) > 1:
        n_columns = -(-len(found) // (1 + len(found) // 5))
        axes[0].figure.legend(found.values(), found, loc="outside lower center", ncols=n_columns)
