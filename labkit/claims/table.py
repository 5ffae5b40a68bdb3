"""Claims beside our runs, as a table: claimed, ours, and the verdict."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..rounding import percent, quantiles, significant, spread_text
from ..tables.table import Table
from .judge import Verdict


def verdict_table(verdicts: Iterable[Verdict]) -> Table:
    """Claimed, ours (median, 10 to 90 %), the share of our runs at or below the claim, and the verdict."""
    values, texts = [], []
    for v in verdicts:
        low, middle, high = quantiles(v.values)
        key = {"claim": v.claim, "quantity": v.quantity}
        values.append(
            key
            | {"claimed": v.claimed, "q10": low, "median": middle, "q90": high, "n": len(v.values)}
            | {"share_at_or_below": v.share_below, "verdict": v.verdict, "reason": v.reason}
        )
        below = "—" if v.kind == "statement" else percent(v.share_below)
        texts.append(
            key
            | {"claimed": claimed_text(v), "ours: median (10–90 %)": ours_text(v)}
            | {"≤ claim": below, "verdict": v.verdict}
        )
    names = ["claim", "quantity"]
    return Table(pd.DataFrame(values).set_index(names), pd.DataFrame(texts).set_index(names))


def claimed_text(verdict: Verdict) -> str:
    """The claimed number, "nan" where the report's run diverged, and nothing to compare with for words."""
    if verdict.kind == "statement":
        return "so"
    if np.isnan(verdict.claimed):
        return "nan"
    if verdict.kind == "fraction":
        return f"{100 * verdict.claimed:.2f}".rstrip("0").rstrip(".") + " %"
    return significant(verdict.claimed)


def ours_text(verdict: Verdict) -> str:
    """Median and spread of our runs, or in how many comparisons a statement was true."""
    if verdict.kind == "statement":
        return f"in {int(verdict.values.sum())} of {len(verdict.values)}" if len(verdict.values) else "—"
    return spread_text(verdict.values, as_percent=verdict.kind == "fraction")
