"""Tables of runs and studies, rounded as the spread over seeds allows; `show` puts one into the report."""

from .agreement import agreement
from .comparison import comparison, epochs_to
from .epochs import by_epoch
from .runs import predictions, training_log
from .settings import settings
from .table import Table, show

__all__ = [
    "Table",
    "agreement",
    "by_epoch",
    "comparison",
    "epochs_to",
    "predictions",
    "settings",
    "show",
    "training_log",
]


def __dir__() -> list[str]:
    """What is meant to be used, for what completes names."""
    return __all__
