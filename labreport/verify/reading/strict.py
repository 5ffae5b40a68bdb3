"""JSON from a stranger, read strictly, or Unreadable with what is wrong."""

import json
import math
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
