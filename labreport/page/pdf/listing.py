"""Where a listing may be broken over pages: between statements, never inside one."""

import ast
from itertools import pairwise

from ...project.python_code import syntax_tree

MOST_LINES = 40  # of a piece; a longer statement is broken between its lines after all


def pieces_of(source: str) -> list[str]:
    """The source in pieces, each of which stays on one page; together they are all of its lines."""
    lines = source.split("\n")
    try:
        first = first_lines(lines, syntax_tree(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # not Python, of IPython, or endless
        first = {i for i, line in enumerate(lines) if i and not lines[i - 1].strip() and line.strip()}
    pieces = [lines[start:end] for start, end in pairwise(sorted({0, *first, len(lines)}))]
    return ["\n".join(part) for piece in pieces for part in parts_of(piece)]


def first_lines(lines: list[str], tree: ast.Module) -> set[int]:
    """The lines, counted from 0, before which a page may end: where a statement begins, with the comments above it.

    The first statement of a body stays with the line that opens it.
    """
    nodes = list(ast.walk(tree))
    strings = [node for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr)]
    inside = {line for node in strings for line in range(node.lineno, node.end_lineno)}
    first = set()
    for node in nodes:
        bodies = [getattr(node, name, None) for name in ("body", "orelse", "handlers", "finalbody")]
        for statement in [one for body in bodies if isinstance(body, list) for one in body[node is not tree :]]:
            line = min(one.lineno for one in [statement, *getattr(statement, "decorator_list", [])]) - 1
            while line and lines[line - 1].lstrip().startswith("#") and line - 1 not in inside:
                line -= 1
            first.add(line)
    return first


def parts_of(piece: list[str]) -> list[list[str]]:
    return [piece] if len(piece) <= MOST_LINES else [[line] for line in piece]
