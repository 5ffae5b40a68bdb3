"""The parameters of a notebook: read from its `parameters` cell, checked before a kernel starts.

A line of the cell is `name = literal  # meaning [range]`; the type is that of the default. Ranges are
`1 .. 1000`, `> 0`, `>= 0, < 1`, and `relu | tanh` for names, each with `None |` in front if None is allowed.
The range of a tuple or list holds for each of its elements.
"""

import ast
import io
import math
import operator
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labkit.errors import LabError, choice

RANGE = re.compile(r"\s*\[([^\[\]]*)\]\s*$")
NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({NUMBER})")
BETWEEN = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})")
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Bounds = tuple[tuple[str, float], ...]
TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True)
class Parameter:
    """One parameter: its default, what it means, and what it may be.

    `kind` (bool, int, float or str) is the type of the value, or of each element of a `container`.
    """

    name: str
    default: Any
    meaning: str
    kind: type
    container: type | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()
    bounds: Bounds = ()
    range: str = ""

    @property
    def type(self) -> str:
        """The type by Python's names: `int`, `tuple of float`, `str or None`."""
        container = f"{self.container.__name__} of " if self.container else ""
        return f"{container}{self.kind.__name__}{' or None' * self.optional}"

    def check(self, value: Any) -> Any:
        """`value` in the type of the default (a list becomes a tuple). Raise LabError if it cannot be."""
        if value is None and self.optional:
            return None
        if self.container is None:
            return self._element(value, value)
        if not isinstance(value, (list, tuple)):
            raise self._wrong(value)
        return self.container(self._element(item, value) for item in value)

    def parse(self, text: str) -> Any:
        """The value typed on a command line: `1e-3`, `8,8`, `[8, 8]`, `false`, `relu`, `none`."""
        text = text.strip()
        if self.optional and text.lower() == "none":
            return None
        if self.container is None:
            return self.check(self._scalar(text))
        inner = re.sub(r"^[\[(](.*)[\])]$", r"\1", text)
        items = [item.strip().strip("'\"") for item in inner.split(",")]
        return self.check([self._scalar(item) for item in items if item])

    def _scalar(self, text: str) -> Any:
        if self.kind is bool:
            return {"true": True, "false": False}.get(text.lower(), text)
        if self.kind is str:
            return text
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
        return text

    def _element(self, item: Any, given: Any) -> Any:
        if self.kind is float and type(item) is int:
            item = float(item)
        if type(item) is not self.kind or (self.kind is float and not math.isfinite(item)):
            raise self._wrong(given)
        if self.choices:
            choice(self.name, item, self.choices)
        if not all(COMPARE[sign](item, bound) for sign, bound in self.bounds):
            raise LabError(f"{self.name} must be {_allowed(self.range)}; got {given!r}")
        return item

    def _wrong(self, given: Any) -> LabError:
        kind = TYPE_NAMES[self.kind]
        if self.container:
            kind = f"a {self.container.__name__} whose elements are each {kind}, as {self.default!r}"
        return LabError(f"{self.name} must be {kind}{' or None' * self.optional}; got {given!r}")


def _allowed(limits: str) -> str:
    """A range as words: `None | 1 .. 9` is `None or within 1 .. 9`."""
    parts = [f"within {part}" if ".." in part else part for part in re.split(r"\s*\|\s*", limits)]
    return " or ".join(parts)


Schema = dict[str, Parameter]


def find_parameters_cell(notebook: Mapping[str, Any], name: str, tag: str = "parameters") -> str | None:
    """The source of the cell tagged `parameters`, or None. Raise LabError if there are several."""
    tagged = [cell for cell in notebook["cells"] if tag in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) > 1:
        raise LabError(f"{name}: one cell may be tagged {tag!r}; got {len(tagged)}")
    return "".join(tagged[0]["source"]) if tagged else None


def read_schema(source: str | None, name: str) -> Schema:
    """The parameters of a parameters cell by name. Raise LabError, with the line, if one is no literal."""
    assignments = list(_assignments(source, name))
    comments = _comments(source or "")
    schema: Schema = {}
    for where, line, key, default in assignments:
        if key in schema:
            raise LabError(f"{where}: {key} is set twice")
        schema[key] = _parameter(key, default, comments.get(line, ""), where)
    return schema


def read_values(source: str | None, name: str) -> dict[str, Any]:
    """The values of a cell of literals by name, as a run adds one behind the parameters cell."""
    return {key: value for _, _, key, value in _assignments(source, name)}


def _assignments(source: str | None, name: str) -> Iterator[tuple[str, int, str, Any]]:
    """Place for messages, last line, name and value of each assignment."""
    try:
        statements = ast.parse(source or "").body
    except SyntaxError as error:
        raise LabError(f"{name}, parameters cell, line {error.lineno}: {error.msg}") from None
    for statement in statements:
        where = f"{name}, parameters cell, line {statement.lineno}"
        yield where, statement.end_lineno, *_assignment(statement, where)


def _comments(source: str) -> dict[int, str]:
    """The comments of a source by line, without the `#`."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    return {token.start[0]: token.string.lstrip("#").strip() for token in comments}


def _assignment(statement: ast.stmt, where: str) -> tuple[str, Any]:
    """Name and value of `name = literal`."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=key)], value=value):
            try:
                return key, ast.literal_eval(value)
            except (ValueError, TypeError):
                got = ast.unparse(value)
                raise LabError(f"{where}: {key} must be a literal, as 0.1 or (8, 8); got {got!r}") from None
    text = ast.unparse(statement)
    raise LabError(f"{where}: only lines `name = value  # meaning [range]` may stand here; got {text!r}")


def _parameter(key: str, default: Any, comment: str, where: str) -> Parameter:
    found = RANGE.search(comment)
    limits = found.group(1).strip() if found else ""
    optional, choices, bounds, bound_kind = _read_range(limits, where)
    container = type(default) if isinstance(default, (tuple, list)) else None
    sample = (default or (None,))[0] if container else default
    if container and any(type(item) is float for item in default):
        sample = 1.0
    kind = type(sample) if sample is not None else bound_kind
    if kind not in TYPE_NAMES:
        raise LabError(f"{where}: {key} = {default!r} needs a range that tells its type, as in [None | >= 1]")
    parameter = Parameter(
        name=key,
        default=default,
        meaning=RANGE.sub("", comment),
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


def _read_range(limits: str, where: str) -> tuple[bool, tuple[str, ...], Bounds, type | None]:
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


def check_name(given: str, names: Collection[str], owner: str) -> None:
    """Raise LabError unless `given` is one of the parameters `names` of `owner`."""
    if not names:
        raise LabError(f"{owner} has no parameters; got {given!r}")
    choice("parameter", given, names)


def resolve(schema: Schema, given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The `given` values checked, without those equal to the default. `where` begins a LabError's message."""
    values = {}
    for key, value in given.items():
        try:
            check_name(key, schema, "the notebook")
            checked = schema[key].check(value)
        except LabError as error:
            raise LabError(f"{where}: {error}") from None
        if checked != schema[key].default:
            values[key] = checked
    return values
