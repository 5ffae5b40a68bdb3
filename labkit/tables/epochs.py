"""What the runs of a study had reached after some of their epochs."""

from collections.abc import Iterable

import pandas as pd

from ..experiments.study import Study
from ..rounding import quantiles, spread_text
from ..words import RESULTS
from .table import Table, tabulated

MEASURES = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")


@tabulated
def by_epoch(study: Study, epochs: Iterable[int]) -> Table:
    """Median and 10 to 90 % of loss and accuracy, in training and validation, after each of these recorded epochs."""
    history = study.history
    values, texts = {}, {}
    for epoch in sorted(set(epochs) & set(history.epoch)):
        at = history[history.epoch == epoch]
        values[epoch] = {name: quantiles(at[name])[1] for name in MEASURES}
        texts[f"{epoch:,}"] = {RESULTS[name]: spread_text(at[name], name.endswith("accuracy")) for name in MEASURES}
    frames = [pd.DataFrame.from_dict(rows, orient="index").rename_axis("epoch") for rows in (values, texts)]
    return Table(*frames, f"Median and 10–90 % of {len(study.members)} runs.")
