"""What a classifier gets wrong with the highest probability, and what is handed in."""

from pathlib import Path

import numpy as np
import pandas as pd

from .. import observer
from ..errors import LabError
from ..files import write_atomic
from ..nn.activations import Array
from ..training.run import Run, labels_of


def most_confident_mistakes(run: Run, x: Array, y: Array, n: int = 10) -> pd.DataFrame:
    """The n wrong predictions with the highest probability: example (row of x), true, predicted, probability."""
    classes(run)
    probabilities, true = run.predict_proba(x), labels_of(y)
    predicted = labels_of(probabilities)
    table = pd.DataFrame({"example": np.arange(len(x)), "true": true, "predicted": predicted})
    table["probability"] = probabilities[table.example, predicted]
    wrong = table[(table["true"] != table["predicted"]) & (table["predicted"] >= 0)]
    return wrong.nlargest(n, "probability").reset_index(drop=True)


def write_submission(run: Run, x: Array, path: str | Path | None = None) -> pd.DataFrame:
    """Write and return the predictions for x (N, D) as the contest wants them: ImageId,Label with ids from 1.

    Without a path it is submission.csv beside the report that is being built, or in reports/ while none is.
    """
    classes(run)
    labels = run.predict(x)
    if (labels < 0).any():
        raise LabError(f"{(labels < 0).sum()} of {len(x)} predictions are nan; a diverged run cannot be submitted")
    table = pd.DataFrame({"ImageId": np.arange(1, len(x) + 1), "Label": labels})
    text = table.to_csv(index=False, lineterminator="\n")
    write_atomic(Path(path or observer.current.folder / "submission.csv"), text.encode())
    return table


def classes(run: Run) -> int:
    """How many classes a run tells apart. Raises LabError for a run with a single output."""
    if run.network.n_out < 2:
        raise LabError("this needs a run with one output for each class; the run has a single output")
    return run.network.n_out
