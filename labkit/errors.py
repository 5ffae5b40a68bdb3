"""What a student reads when something cannot be: what was given, what is allowed, and the nearest name; and the checks
of names and numbers that say so."""

import traceback
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from sys import float_info

LARGEST = float_info.max
# What other libraries call it. A name is only suggested where it is one of those that are allowed.
ELSEWHERE = {
    **dict.fromkeys(("learning_rate", "learning_rate_init", "eta"), "lr"),
    **dict.fromkeys(("epochs", "max_iter", "num_epochs"), "n_epochs"),
    **dict.fromkeys(("hidden_layer_sizes", "layers", "units", "hidden"), "hidden_sizes"),
    **dict.fromkeys(("random_state", "random_seed"), "seed"),
    **dict.fromkeys(("n_samples", "n_points"), "n_examples"),
    **dict.fromkeys(("l2", "alpha", "decay"), "weight_decay"),
    **dict.fromkeys(("solver", "algorithm"), "optimizer"),
    **dict.fromkeys(("criterion", "objective"), "loss"),
    **dict.fromkeys(("data", "dataset_name"), "dataset"),
    **dict.fromkeys(("he", "he_normal", "kaiming_normal"), "kaiming"),
    **dict.fromkeys(("glorot", "glorot_normal", "xavier_normal"), "xavier"),
    **dict.fromkeys(("logistic", "expit"), "sigmoid"),
    **dict.fromkeys(("none", "linear"), "identity"),
    **dict.fromkeys(("bce", "log_loss", "binary_crossentropy"), "binary_cross_entropy"),
    **dict.fromkeys(("ce", "categorical_crossentropy", "crossentropy"), "cross_entropy"),
    "swish": "silu",
}


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
    known = {theirs: ours for theirs, ours in ELSEWHERE.items() if ours in allowed}
    known |= {option.casefold(): option for option in reversed(allowed)}  # LR is near to lr
    near = get_close_matches(shown(given, 1000).strip("'").casefold(), known, n=1, cutoff=0.5)
    hint = f" (did you mean {known[near[0]]!r}?)" if near else ""
    raise LabError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {shown(given)}{hint}")


def shown(value: object, longest: int = 100) -> str:
    """A value as a message shows it: in one line, and cut where it is endless."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, thousands of brackets
        return "something too long to be shown"
    return text if len(text) <= longest else f"{text[:longest]}…"


def number(
    kind: type, allowed: str, test: Callable[[float], bool], none: bool = False
) -> Callable[[str, object], None]:
    """A check for an int or a float for which `test` holds; `allowed` says so in words."""

    def check(name: str, value: object) -> None:
        if value is None and none:
            return
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if kind is float and numeric and abs(value) > LARGEST:  # an int of hundreds of digits is no float
            numeric = isinstance(value, float)
        if not numeric or (kind is int and not isinstance(value, int)) or not test(value):
            words = f"{'None or ' if none else ''}{'an integer' if kind is int else 'a number'} {allowed}"
            raise LabError(f"{name} must be {words}; got {shown(value)}")

    return check


WHOLE = number(int, ">= 0", lambda n: n >= 0)
SEED_OR_NONE = number(int, ">= 0", lambda n: n >= 0, none=True)
COUNT_OR_NONE = number(int, ">= 1", lambda n: n >= 1, none=True)


def instance(name: str, value: object, kind: type, such_as: str) -> None:
    """Raise LabError unless a value is of this class; `such_as` shows how one is made."""
    if not isinstance(value, kind):
        raise LabError(f"{name} must be a {kind.__name__}, such as {such_as}; got {type(value).__name__}")


def plain(value: object) -> object:
    """A number of numpy as the Python number that it is read as: np.float32(0.1) is 0.1. Anything else as it is."""
    if not hasattr(value, "dtype") or getattr(value, "shape", None) != ():
        return value
    number = value.item()
    return float(str(value)) if isinstance(number, float) else number
