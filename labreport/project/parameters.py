"""The parameters of a notebook: their types and ranges, and the check of every value before a kernel starts."""

import math
import operator
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from labkit.errors import LabError, choice, shown

from .texts import is_line

COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Bounds = tuple[tuple[str, float], ...]
LARGEST_INT = 10**18  # a little below numpy's
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
            return self.element(value, value)
        if not isinstance(value, (list, tuple)):
            raise self.wrong(value)
        if not value and self.default:
            raise LabError(f"{self.name} must have at least one element, as {self.default!r}; got {value!r}")
        return self.container(self.element(item, value) for item in value)

    def parse(self, text: str) -> Any:
        """The value typed on a command line: `1e-3`, `8,8`, `[8, 8]`, `false`, `relu`, `none`."""
        text = text.strip()
        if self.optional and text.lower() == "none":
            return None
        if self.container is None:
            return self.check(self.scalar(text))
        inner = text[1:-1] if text[:1] + text[-1:] in ("()", "[]") else text
        *items, last = (item.strip() for item in inner.split(","))
        if last or (not items and inner is text):  # a comma may end the list, and brackets may be empty
            items.append(last)
        return self.check([self.scalar(item) for item in items])

    def scalar(self, text: str) -> Any:
        if self.kind is bool:
            return {"true": True, "false": False}.get(text.lower(), text)
        if self.kind is str:
            return text.strip("'\"") if self.container else text
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
        return text

    def element(self, item: Any, given: Any) -> Any:
        if type(item) is int and abs(item) > LARGEST_INT:
            raise LabError(f"{self.name} must be {TYPE_NAMES[self.kind]} of at most 18 digits; got {shown(given)}")
        if self.kind is float and type(item) is int:
            item = float(item)
        if type(item) is not self.kind or (self.kind is float and not math.isfinite(item)):
            raise self.wrong(given)
        if self.kind is str and not is_line(item):
            raise LabError(f"{self.name} must be one line of text without control characters; got {shown(given)}")
        if self.choices:
            choice(self.name, item, self.choices)
        if not all(COMPARE[sign](item, bound) for sign, bound in self.bounds):
            raise LabError(f"{self.name} must be {allowed_words(self.range)}; got {shown(given)}")
        return item

    def wrong(self, given: Any) -> LabError:
        kind = TYPE_NAMES[self.kind]
        if self.container:
            example = f", as {self.default!r}" if given != self.default else ""
            kind = f"a {self.container.__name__} whose elements are each {kind}{example}"
        return LabError(f"{self.name} must be {kind}{' or None' * self.optional}; got {shown(given)}")


def allowed_words(limits: str) -> str:
    """A range as words: `None | 1 .. 9` is `None or within 1 .. 9`."""
    parts = [f"within {part}" if ".." in part else part for part in re.split(r"\s*\|\s*", limits)]
    return " or ".join(parts)


Schema = dict[str, Parameter]


def check_name(given: str, names: Collection[str], owner: str) -> None:
    """Raise LabError unless `given` is one of the parameters `names` of `owner`."""
    if not names:
        raise LabError(f"{owner} has no parameters; got {shown(given)}")
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
