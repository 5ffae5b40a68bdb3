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
    near = get_close_matches(str(given), allowed, n=1, cutoff=0.5)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise LabError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {given!r}{hint}")
