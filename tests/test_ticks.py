"""Ticks of logarithmic axes."""

import pytest

from labkit.figures import panels
from labkit.figures.style import scale


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((1, 5000), ["1", "10", "100", "1,000"]),
        ((3e-5, 0.5), ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"]),
        ((1e-3, 1e3), ["10⁻²", "10⁰", "10²"]),
        ((0.2, 0.6), ["0.2", "0.5"]),
        ((0.05, 0.4), ["0.05", "0.1", "0.2"]),
        ((1.1e-5, 2.3e-5), ["1×10⁻⁵", "1.5×10⁻⁵", "2×10⁻⁵", "2.5×10⁻⁵"]),
    ],
)
def test_decades_or_round_numbers_where_there_are_none(limits, labels):
    ax = panels()
    ax.set_ylim(*limits)
    scale(ax, "y")
    ticks = ax.yaxis.get_major_locator()()
    assert ax.yaxis.get_major_formatter().format_ticks(ticks) == labels
    assert "".join(ax.yaxis.get_minor_formatter().format_ticks(ax.yaxis.get_minorticklocs())) == ""
