"""Where a legend goes, once a figure is drawn."""

from matplotlib.axes import Axes


def place_legend(ax: Axes, place: str, outside: bool = False) -> Axes:
    """Move the legend, if there is one, to a place that the data leave free, such as "center left", or right of all."""
    if ax.get_legend():
        ax.get_legend().set_loc(place)
        if outside:
            ax.get_legend().set_bbox_to_anchor((1.02, 1.0))
    return ax
