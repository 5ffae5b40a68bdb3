"""Two drawings of one figure: how far their lines may lie apart, and what has to be the same."""

import math

import pytest

from labreport.verify.checks.outputs import MOVED, moved

DRAWING = '<svg><path d="M 10.5 20 L 30 40"/><text x="4" y="5.5">n = 3, 0.12</text></svg>'


def test_lines_and_places_of_words_may_move_a_little():
    assert moved(DRAWING, DRAWING.replace("10.5", "11.0").replace('x="4"', 'x="4.2"')) == pytest.approx(0.5 / MOVED)


@pytest.mark.parametrize(("word", "other"), [("n = 3", "n = 4"), ("0.12", "0.13"), ("n = 3", "runs = 3")])
def test_words_may_not_change_nor_the_numbers_among_them(word, other):
    assert moved(DRAWING, DRAWING.replace(word, other)) == math.inf


@pytest.mark.parametrize(("old", "new"), [("M 10.5", 'M 10.5" opacity="0'), ("#000", "#fff"), ("width: 1", "width: 0")])
def test_all_but_places_is_the_same(old, new):
    drawing = DRAWING.replace("<path", '<path style="stroke: #000; stroke-width: 1"')
    assert moved(drawing, drawing.replace(old, new)) == math.inf
