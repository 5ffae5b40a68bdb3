"""Where a legend goes, once a figure is drawn."""

from matplotlib.axes import Axes


def place_legend(ax: Axes, place: str) -> Axes:
    """Move the legend, if there is one, to a place that the data leave free, such as "center left"."""
    if ax.get_legend():
        ax.get_legend().set_loc(place)
    return ax
