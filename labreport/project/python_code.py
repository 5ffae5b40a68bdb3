"""Python code as a syntax tree."""

import ast
from threading import Lock

# CPython 3.11 counts the depth of a tree in one place for all threads, and two that make one at once may end in a
# SystemError; notebooks are converted side by side.
ONE_AT_A_TIME = Lock()


def syntax_tree(source: str) -> ast.Module:
    """The tree of a source. Raise what `ast.parse` does: SyntaxError, ValueError, RecursionError."""
    with ONE_AT_A_TIME:
        return ast.parse(source)
