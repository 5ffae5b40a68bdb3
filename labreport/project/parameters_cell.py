"""The cell of a notebook that is tagged `parameters`, read without running it.

A line of the cell is `name = literal  # meaning [range]`; the type is that of the default, or what an annotation says,
as in `name: float = 1`. Ranges are `1 .. 1000`, `> 0`, `>= 0, < 1`, and `relu | tanh` for names, each with `None |` in
front if None is allowed. The range of a tuple or list holds for each of its elements.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labkit.errors import LabError, shown

from .parameters import TYPE_NAMES, Bounds, Parameter, Schema
from .python_code import syntax_tree

RANGE = re.compile(r"\s*\[([^\[\]]*)\]\s*$")
NUMBER = r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({NUMBER})")
BETWEEN = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})")


ONLY = "only lines `name = value  # meaning [range]` may stand here"


class Assignment(NamedTuple):
    """One parameter as it is written: the place for messages, its last line, and the names of its annotation."""

    where: str
    line: int
    name: str
    value: Any
    annotation: frozenset[str]


def find_parameters_cell(notebook: Mapping[str, Any], name: str, tag: str = "parameters") -> str | None:
    """The source of the cell tagged `parameters`, or None. Raise LabError if there are several."""
    tagged = [cell for cell in notebook["cells"] if tag in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) > 1:
        raise LabError(f"{name}: one cell may be tagged {tag!r}; got {len(tagged)}")
    return "".join(tagged[0]["source"]) if tagged else None


def read_schema(source: str | None, name: str) -> Schema:
    """The parameters of a parameters cell by name. Raise LabError, with the line, if one is no literal."""
    assignments = list(read_assignments(source, name))
    comments = read_comments(source or "")
    schema: Schema = {}
    for one in assignments:
        if one.name in schema:
            raise LabError(f"{one.where}: {one.name} is set twice")
        schema[one.name] = read_parameter(one, comments.get(one.line, ""))
    return schema


def read_values(source: str | None, name: str) -> dict[str, Any]:
    """The values of a cell of literals by name, as a run adds one behind the parameters cell."""
    return {one.name: one.value for one in read_assignments(source, name)}


def read_assignments(source: str | None, name: str) -> Iterator[Assignment]:
    """Each assignment of the cell."""
    try:
        statements = syntax_tree(source or "").body
    except SyntaxError as error:
        place = f", line {error.lineno}" if error.lineno else ""
        magic = re.match(r"\s*[%!?].*", error.text or "")
        reason = f"{ONLY}; got {shown(magic[0].strip())}" if magic else error.msg
        raise LabError(f"{name}, parameters cell{place}: {reason}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # NUL characters, thousands of brackets
        raise LabError(f"{name}, parameters cell: {error or 'it cannot be read'}") from None
    last = 0
    for statement in statements:
        where = f"{name}, parameters cell, line {statement.lineno}"
        if statement.lineno == last:
            raise LabError(f"{where}: each parameter needs a line of its own; got {code_text(statement)}")
        last = statement.end_lineno
        yield read_assignment(statement, where)


def read_comments(source: str) -> dict[int, str]:
    """The comments of a source by line, without the `#`."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    return {token.start[0]: token.string.lstrip("#").strip() for token in comments}


def read_assignment(statement: ast.stmt, where: str) -> Assignment:
    """`name = literal` or `name: type = literal`."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=key)], value=value):
            names = frozenset()
        case ast.AnnAssign(target=ast.Name(id=key), value=ast.expr() as value):
            names = frozenset(re.findall(r"\w+", code_text(statement.annotation)))
        case _:
            raise LabError(f"{where}: {ONLY}; got {code_text(statement)}")
    try:
        return Assignment(where, statement.end_lineno, key, ast.literal_eval(value), names)
    except (ValueError, TypeError, RecursionError, MemoryError):
        got = code_text(value)
        raise LabError(f"{where}: {key} must be a literal, as 0.1 or (8, 8); got {got}") from None


def code_text(node: ast.AST) -> str:
    """A piece of the cell as a message shows it."""
    try:
        return shown(ast.unparse(node))
    except (ValueError, RecursionError):  # thousands of digits or of brackets
        return "something too long to be shown"


def read_parameter(written: Assignment, comment: str) -> Parameter:
    where, _, key, default, annotation = written
    found = RANGE.search(comment)
    meaning = RANGE.sub("", comment)
    if "[" in meaning or "]" in meaning:  # a range that would not be seen
        raise LabError(f"{where}: a range stands in brackets at the end of the line, as [> 0]; got {shown(comment)}")
    limits = found.group(1).strip() if found else ""
    optional, choices, bounds, bound_kind = read_range(limits, where)
    optional = optional or bool(annotation & {"None", "Optional"})
    container, kind = annotated_type(annotation)
    container = type(default) if isinstance(default, (tuple, list)) else container if default is None else None
    sample = (default or (None,))[0] if container else default
    if container and any(type(item) is float for item in default or ()):
        sample = 1.0
    kind = kind or (type(sample) if sample is not None else bound_kind)
    if kind is None:
        annotated = "int | None" if default is None else f"{type(default).__name__}[int]"
        told = f"a range that tells its type, as in [None | >= 1], or `{key}: {annotated}`"
        raise LabError(f"{where}: {key} = {default!r} needs {told}")
    if kind not in TYPE_NAMES:
        allowed = "True or False, a number, a text, or a tuple or list of one of these"
        raise LabError(f"{where}: {key} must be {allowed}; got {shown(default)}")
    parameter = Parameter(
        name=key,
        default=default,
        meaning=meaning,
        kind=kind,
        container=container,
        optional=optional,
        choices=choices,
        bounds=bounds,
        range=limits,
    )
    try:
        if (choices and kind is not str) or (bounds and kind not in (int, float)):
            raise LabError(f"the range [{limits}] does not fit {key} = {default!r}")
        parameter.check(default)
    except LabError as error:
        raise LabError(f"{where}: {error}") from None
    return parameter


def annotated_type(names: frozenset[str]) -> tuple[type | None, type | None]:
    """The container and the type of what is annotated with these names, as far as they tell it."""
    kinds = [kind for kind in TYPE_NAMES if kind.__name__ in names]
    containers = [kind for kind in (tuple, list) if {kind.__name__, kind.__name__.title()} & names]
    return next(iter(containers), None), kinds[0] if len(kinds) == 1 else None


def read_range(limits: str, where: str) -> tuple[bool, tuple[str, ...], Bounds, type | None]:
    """`None |` allowed, choices, comparisons, and the type these tell."""
    options = [option.strip() for option in limits.split("|")] if limits else []
    optional = "None" in options
    options = [option for option in options if option != "None"]
    if not options:
        return optional, (), (), None
    if all(option.isidentifier() for option in options):
        return optional, tuple(options), (), str
    bounds: list[tuple[str, str]] = []
    if len(options) == 1:
        for part in options[0].split(","):
            if found := BETWEEN.fullmatch(part.strip()):
                bounds += [(">=", found.group(1)), ("<=", found.group(2))]
            elif found := COMPARISON.fullmatch(part.strip()):
                bounds.append((found.group(1), found.group(2)))
            else:
                bounds = []
                break
    if not bounds:
        raise LabError(f"{where}: a range is written like [1 .. 100], [> 0] or [relu | tanh]; got [{limits}]")
    whole = all(re.fullmatch(r"[+-]?[\d_]+", number) for _, number in bounds)
    return optional, (), tuple((sign, float(number)) for sign, number in bounds), int if whole else float
