"""What Typst does not set, as an exception of its own: a text that it refuses, or a fault of Typst itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..project.texts import printable


class NotSet(Exception):
    """What Typst says of a text that it does not set, in a sentence and at length."""

    def __init__(self, sentence: str, diagnostic: str = "") -> None:
        super().__init__(sentence)
        self.diagnostic = diagnostic


@contextmanager
def refusals() -> Iterator[None]:
    """Raise NotSet for what Typst raises."""
    import typst

    try:
        yield
    except typst.TypstError as error:
        raise NotSet(message(error), error.diagnostic) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a fault of Typst: no Exception, and in no module
            raise
        raise NotSet(printable(error, 300)) from error


def message(error: Exception) -> str:
    lines = [str(error.message), *(f"({hint})" for hint in error.hints)]
    return printable(" ".join(lines), 300)
