"""Tables of runs and studies, rounded as the spread over seeds allows; `show` puts one into the report."""

from .comparison import RESULTS, comparison, epochs_to, median_at, median_epochs_to
from .runs import agreement, predictions, training_log
from .table import Table, csv_name, show

__all__ = [
    "RESULTS",
    "Table",
    "agreement",
    "comparison",
    "csv_name",
    "epochs_to",
    "median_at",
    "median_epochs_to",
    "predictions",
    "show",
    "training_log",
]
