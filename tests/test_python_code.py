"""Syntax trees, made by several threads at once."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from labreport.project.python_code import syntax_tree

SOURCE = "f(g(h(1, *[2, 3], k=lambda a: a + 1)))\n" * 300


class Garbage:
    """Its end runs Python, and so another thread may go on: in the middle of a tree that is being made."""

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        sum(range(50))


@pytest.fixture(autouse=True)
def many_changes_of_threads() -> Iterator[None]:
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


def at_depth(depth: int) -> int:
    if depth:
        return at_depth(depth - 1)
    for _ in range(30):
        Garbage()
    return len(syntax_tree(SOURCE).body)


def test_threads_at_several_depths_do_not_disturb_each_other() -> None:
    """The report was not written: CPython's own parse ended in a SystemError in one of five of these."""
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(at_depth, [5 + 10 * (i % 7) for i in range(60)])) == {300}
