"""The one kind of error a student reads: what was given, what is allowed, and the nearest name."""

from collections.abc import Iterable
from difflib import get_close_matches


class LabError(ValueError):
    """Something the user can mend. The command line prints its message without a traceback."""


def choice(name: str, given: object, allowed: Iterable[str]) -> None:
    """Raise LabError unless `given` is one of the `allowed` names; the message suggests the nearest."""
    allowed = list(allowed)
    if isinstance(given, str) and given in allowed:
        return
    by_letters = {option.casefold(): option for option in reversed(allowed)}  # LR is near to lr
    near = get_close_matches(shown(given, 1000).strip("'").casefold(), by_letters, n=1, cutoff=0.5)
    hint = f" (did you mean {by_letters[near[0]]!r}?)" if near else ""
    raise LabError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {shown(given)}{hint}")


def shown(value: object, longest: int = 100) -> str:
    """A value as a message shows it: in one line, and cut where it is endless."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, thousands of brackets
        return "something too long to be shown"
    return text if len(text) <= longest else f"{text[:longest]}…"
