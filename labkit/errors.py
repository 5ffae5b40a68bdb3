"""What a student reads when something cannot be: what was given, what is allowed, and the nearest name."""

import traceback
from collections.abc import Iterable
from difflib import get_close_matches


class Folded:
    """An exception that a notebook shows as its sentence and the lines of the cells that led to it."""

    unfolded = False

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: folded, and whole when it is asked again, as `%tb` does."""
        from IPython import get_ipython

        shell = get_ipython()
        if self.unfolded:
            return shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__)
        self.unfolded = True
        lines = [f"{type(self).__name__}: {self}"]
        for frame in traceback.extract_tb(self.__traceback__):
            if cell := shell.compile.format_code_name(frame.filename):
                lines += [f"{' '.join(cell)}, line {frame.lineno}", f"    {frame.line}"]
        return [*lines, "(%tb shows the whole traceback)"]


class LabError(Folded, ValueError):
    """Something the user can mend. The command line prints its message without a traceback."""


class Stopped(Folded, KeyboardInterrupt):
    """The user interrupted a training; the message says what is kept."""


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
