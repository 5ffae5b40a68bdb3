"""What a notebook shows: sentences, and figures and tables with the caption that the report needs."""

import functools
import inspect
from collections.abc import Callable, Sequence

from .errors import LabError

WORDS = {"caption": "", "label": None, "when": True}  # of a call that shows what it makes
UNCAPTIONED = '(This figure has no caption yet: `caption="…"` in its call gives it one.)'
MISSED = "This does not hold in this run:"


def say(text: str, *, when: bool = True, answers: str | None = None) -> None:
    """Show a sentence, in Markdown.

    A sentence that is only true for some runs has its condition, `when`: where it is false, the report says in one
    plain sentence that the text does not hold. A sentence that `answers` the question of a notebook is its finding,
    and stands with that question in the summary of the report.
    """
    report = {"kind": "finding", "question": answers} if answers else {"kind": "sentence"}
    send({"text/markdown": held(text, when), "text/plain": held(text, when)}, report | missed(text, when))


def show_output(
    data: dict,
    kind: str,
    caption: str,
    alt: str | None = None,
    label: str | None = None,
    when: bool = True,
    unsolved: Sequence[str] = (),
) -> None:
    """Display an output with what the report says about it, and below it its caption, for the notebook's reader.

    Raises LabError where caption or alt is missing. Where the condition `when` is false, the caption says that what it
    was to say does not hold. `unsolved` are parts of an exercise, of which the build is told.
    """
    words = {"caption": caption} | ({"alt": alt} if kind == "figure" else {})
    for name, text in words.items():
        if not isinstance(text, str) or not text.strip():
            need = "that says what was found" if name == "caption" else "for those who cannot see it"
            raise LabError(f"a {kind} needs {name}=, a text {need}; got {text!r}")
    words["caption"] = held(caption, when)
    report = words | ({"label": label} if label else {}) | ({"unsolved": ", ".join(unsolved)} if unsolved else {})
    send(data, report | {"kind": kind} | missed(caption, when))
    send({"text/markdown": words["caption"], "text/plain": words["caption"]}, {"kind": "caption"})


def captioned(make: Callable, show: Callable, **more: object) -> Callable:
    """`make`, which hands what it makes to `show` where it is called with a caption, and returns it otherwise.

    The words are those of `WORDS` and `more`, by name with their defaults; they stand in its signature. The caption
    (Markdown) says what was found; `when` is the condition on which it is true; `label="rates"` is the name by which
    the text refers to it, `@fig-rates` or `@tbl-rates`.
    """
    defaults = WORDS | more

    @functools.wraps(make)
    def made(*args, **options):
        words = {name: options.pop(name, default) for name, default in defaults.items()}
        thing = make(*args, **options)
        return show(thing, **words) if words["caption"] else thing

    known = inspect.signature(make)
    named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=v) for name, v in defaults.items()]
    made.__signature__ = known.replace(parameters=[*known.parameters.values(), *named], return_annotation=object)
    return made


def held(text: str, when: bool) -> str:
    """The text where its condition holds, or the plain sentence that it does not."""
    return text if when else f"*{MISSED}* {text}"


def missed(text: str, when: bool) -> dict:
    """What tells the build that a text does not hold."""
    return {} if when else {"missed": text}


def send(data: dict, report: dict) -> None:
    from IPython.display import display

    display(data, raw=True, metadata={"report": report})
