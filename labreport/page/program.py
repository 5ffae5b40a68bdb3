"""The program that a report prints: pieces of the network's source, read from labkit where the report is built."""

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from labkit.errors import LabError

from ..project.python_code import syntax_tree

# What is printed, in the order of the course: of each file of labkit, these functions and methods.
PIECES = {
    "nn/activations.py": ("sigmoid", "sigmoid_derivative"),
    "nn/layers.py": (
        *("ones", "Linear.forward", "Linear.gradients", "Linear.backward"),
        *("Activation.forward", "Activation.derivative", "Activation.backward"),
    ),
    "nn/losses.py": ("half_mse", "sum_of_squares"),
    "nn/network.py": ("Network.forward", "Network.backward", "Network.derivatives"),
    "nn/optimizers.py": ("gd",),
}
TRAINING = "nn/__init__.py"  # whose docstring trains a network with them
WIDTH = 90  # characters of a line of the docstrings
Definition = ast.ClassDef | ast.FunctionDef


@cache
def program() -> dict[str, str]:
    """The pieces of each file by its name, as "labkit/nn/layers.py".

    Raise LabError where a file does not define what is printed of it.
    """
    found = {f"labkit/{file}": "\n\n".join(pieces(file, names)) for file, names in PIECES.items()}
    example = re.search(r"(?<=\n\n)( {4}.+\n)+", ast.get_docstring(syntax_tree(source_of(TRAINING))) + "\n")
    if not example:
        raise LabError(f"the report prints the indented lines in the docstring of labkit/{TRAINING}; there are none")
    return found | {f"labkit/{TRAINING}": textwrap.dedent(example[0]).rstrip()}


def source_of(file: str) -> str:
    return files("labkit").joinpath(file).read_text(encoding="utf-8")


def pieces(file: str, names: tuple[str, ...]) -> Iterator[str]:
    """Functions of a file, and above the first method of a class what the class begins with."""
    source = source_of(file)
    body = syntax_tree(source).body
    opened = ""
    for name in names:
        owner, _, method = name.rpartition(".")
        node = definition(owner or method, body, file)
        if owner:
            if owner != opened:
                yield printed(node, source)
            node = definition(method, node.body, file)
        yield printed(node, source)
        opened = owner


def definition(name: str, body: list[ast.stmt], file: str) -> Definition:
    for node in body:
        if isinstance(node, Definition) and node.name == name:
            return node
    raise LabError(f"the report prints {name} of labkit/{file}, which is not there; see PIECES in page/program.py")


def printed(node: Definition, source: str) -> str:
    """A function, or a class with those of its fields that must be given; of the docstring the first paragraph."""
    is_class = isinstance(node, ast.ClassDef)
    first = min(item.lineno for item in [node, *node.decorator_list])
    parts = [lines_of(source, first, node.body[0].lineno - 1)]
    body = node.body
    if about := ast.get_docstring(node):
        indent = " " * body[0].col_offset
        paragraph = about.split("\n\n")[0]
        parts[0] += "\n" + textwrap.fill(f'"""{paragraph}"""', WIDTH, initial_indent=indent, subsequent_indent=indent)
        body = body[1:]
    if is_class:
        body = [item for item in body if isinstance(item, ast.AnnAssign) and item.value is None]
    if body:
        parts.append(lines_of(source, body[0].lineno, body[-1].end_lineno))
    return ("\n\n" if is_class else "\n").join(parts)


def lines_of(source: str, first: int, last: int) -> str:
    return "\n".join(source.splitlines()[first - 1 : last])
