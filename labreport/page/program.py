"""The program that a report prints: pieces of the network's source, read from labkit where the report is built."""

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from labkit.errors import LabError

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
    example = re.search(r"(?<=\n\n)( {4}.+\n)+", ast.get_docstring(ast.parse(source_of(TRAINING))) + "\n")
    if not example:
        raise LabError(f"the report prints the indented lines in the docstring of labkit/{TRAINING}; there are none")
    return found | {f"labkit/{TRAINING}": textwrap.dedent(example[0]).rstrip()}


def source_of(file: str) -> str:
    return files("labkit").joinpath(file).read_text(encoding="utf-8")


def pieces(file: str, names: tuple[str, ...]) -> Iterator[str]:
    """Functions of a file, and of classes what stands above the first of their methods."""
    source = source_of(file)
    body = ast.parse(source).body
    opened = ""
    for name in names:
        owner, _, method = name.rpartition(".")
        node = definition(owner or method, body, file)
        if owner and owner != opened:
            given = [item for item in node.body if isinstance(item, ast.AnnAssign) and item.value is None]
            yield "\n\n".join([head(node, source), lines_of(source, given[0].lineno, given[-1].end_lineno)])
        if owner:
            node = definition(method, node.body, file)
        yield "\n".join([head(node, source), lines_of(source, node.body[1].lineno, node.end_lineno)])
        opened = owner


def definition(name: str, body: list[ast.stmt], file: str) -> Definition:
    for node in body:
        if isinstance(node, Definition) and node.name == name:
            return node
    raise LabError(f"the report prints {name} of labkit/{file}, which is not there; see PIECES in page/program.py")


def head(node: Definition, source: str) -> str:
    """The first lines of a definition, with the first paragraph of its docstring."""
    docstring = node.body[0]
    about = ast.get_docstring(node).split("\n\n")[0]
    indent = " " * docstring.col_offset
    said = textwrap.fill(f'"""{about}"""', WIDTH, initial_indent=indent, subsequent_indent=indent)
    return (
        f"{lines_of(source, min(item.lineno for item in [node, *node.decorator_list]), docstring.lineno - 1)}\n{said}"
    )


def lines_of(source: str, first: int, last: int) -> str:
    return "\n".join(source.splitlines()[first - 1 : last])
