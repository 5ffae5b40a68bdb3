"""JSON from a stranger: read strictly, and of the types that are expected, or Unreadable with what is wrong."""

import json
import math
from collections.abc import Callable
from typing import Any

from labkit.errors import LabError

from ...project.texts import printable

DEEPEST = 60  # levels of lists and dicts in each other; a notebook with figures has about 8
LARGEST_INT = 10**15


class Unreadable(LabError):
    """Something in a bundle cannot be what it should be. The message says what, without a path of this machine."""


def load(data: bytes, what: str) -> Any:
    """The value of a JSON text. Names twice, numbers that are not finite or absurd, and deep nests are refused."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{what} is not UTF-8: byte {error.start}") from None

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            names = [name for name, _ in items]
            raise Unreadable(f"{what} has the name {twice(names)!r} twice in one place")
        return found

    def refuse(constant: str) -> None:
        raise Unreadable(f"{what} holds {constant}, which JSON does not know")

    def real(digits: str) -> float:
        if not math.isfinite(value := float(digits)):
            raise Unreadable(f"{what} holds a number that is too large: {printable(digits, 30)}")
        return value

    def whole(digits: str) -> int:
        if len(digits) > 16 or abs(value := int(digits)) > LARGEST_INT:
            raise Unreadable(f"{what} holds an integer that is too large: {printable(digits, 30)}")
        return value

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse, parse_float=real, parse_int=whole)
        check_depth(value, what)
    except RecursionError:
        raise Unreadable(f"{what} is nested too deeply") from None
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"{what} is not valid JSON: {printable(error)}") from None
    return value


def check_depth(value: Any, what: str, level: int = 0) -> None:
    if level > DEEPEST:
        raise Unreadable(f"{what} is nested too deeply: more than {DEEPEST} levels")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            check_depth(item, what, level + 1)


def twice(names: list[str]) -> str:
    """The first of the names that came before."""
    seen: set[str] = set()
    return printable(next(name for name in names if name in seen or seen.add(name)), 40)


def expect(value: Any, kind: type | tuple[type, ...], what: str) -> Any:
    """`value`, if it is of the type; a bool is no number."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        names = " or ".join(JSON_NAMES[one] for one in kinds)
        raise Unreadable(f"{what} must be {names}; got {printable(repr(value)[:200], 60)}")
    return value


JSON_NAMES = {
    **{str: "a text", int: "a whole number", float: "a number", bool: "true or false"},
    **{list: "a list", dict: "an object", type(None): "null"},
}


def member(table: dict, name: str, kind: type | tuple[type, ...], what: str) -> Any:
    """The entry `name` of an object."""
    if name not in table:
        raise Unreadable(f"{what} has no {name!r}")
    return expect(table[name], kind, f"{name!r} of {what}")


def short_text(value: Any, what: str, longest: int = 200) -> str:
    """A text of at most so many characters."""
    if len(expect(value, str, what)) > longest:
        raise Unreadable(f"{what} is a text of {len(value):,} characters; at most {longest} are allowed")
    return value


def mapping(value: Any, what: str, check: Callable[[Any, str], Any], most: int = 5000) -> dict[str, Any]:
    """An object of at most `most` entries, each of which passes `check`."""
    if len(expect(value, dict, what)) > most:
        raise Unreadable(f"{what} has {len(value):,} entries; at most {most:,} are allowed")
    for name, item in value.items():
        short_text(name, f"a name in {what}")
        check(item, f"{printable(name, 40)!r} of {what}")
    return value
