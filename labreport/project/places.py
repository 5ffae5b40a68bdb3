"""Where a fault lies: nobody can mend a traceback, but anybody can look at a cell."""

from collections.abc import Iterator
from contextlib import contextmanager

from labkit.errors import LabError

from .texts import printable


@contextmanager
def at(where: str, what: str = "this cannot be converted") -> Iterator[None]:
    """Make whatever a library raises in the block a LabError that says where it was, and what could not be done."""
    try:
        yield
    except LabError:
        raise
    except OSError as error:
        raise LabError(f"{where}: {error.strerror or error}: {error.filename}") from error
    except RecursionError as error:
        raise LabError(f"{where}: {what} (it is nested too deep)") from error
    except Exception as error:
        reason = printable(f"{type(error).__name__}: {error}", 300)
        raise LabError(f"{where}: {what} ({reason})") from error
