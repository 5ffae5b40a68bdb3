"""The ledger: every claim with its settings, our distribution beside it, the verdict, and the reason in a few words."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ..display import say
from ..rounding import percent, quantiles, setting_text, significant, spread_text
from ..tables.table import Table, show
from .judge import CONDITION, FAILS, HOLDS, UNTESTED, Verdict, claim, overall

SIGNS = {HOLDS: "✓", CONDITION: "(✓)", FAILS: "✗", UNTESTED: "?"}
COUNTED = {HOLDS: "hold", CONDITION: "hold with a condition", FAILS: "do not hold", UNTESTED: "cannot be tested"}
KEYS = {HOLDS: "holds", CONDITION: "condition", FAILS: "fails", UNTESTED: "untested"}  # of the `why` of a claim
OURS = "ours: median (10–90 %)"


def table(entries: Mapping[str, list[Verdict]]) -> Table:
    """A row for each number or statement of each entry; the losses at many epochs are one row with the last of them."""
    values, texts = [], []
    for name, verdicts in entries.items():
        numbers = [v for v in verdicts if v.kind != "statement"]
        rows = [summary(numbers)] if claim(name).trace and not claim(name).says else [row_of(v) for v in numbers]
        rows += [row_of(v) for v in verdicts if v.kind == "statement"]
        texts += [{"entry": "" if i else name} | row for i, row in enumerate(rows)]
        values += [numbers_of(v) | {"entry_verdict": overall(verdicts)} for v in verdicts]
    return Table(pd.DataFrame(values).set_index(["claim", "quantity"]), pd.DataFrame(texts).set_index("entry"))


def verdict_table(verdicts: Iterable[Verdict]) -> Table:
    """Each number of a claim: claimed, ours, the share of our runs at or below the claim, and the verdict in words."""
    names = ["claim", "quantity"]
    values, texts = [numbers_of(v) for v in verdicts], []
    for v in verdicts:
        below = "—" if v.kind == "statement" else percent(v.share_below)
        text = {"claim": v.claim, "quantity": v.quantity, "claimed": claimed_text(v), OURS: ours_text(v)}
        texts.append(text | {"≤ claim": below, "verdict": v.verdict})
    return Table(pd.DataFrame(values).set_index(names), pd.DataFrame(texts).set_index(names))


def numbers_of(v: Verdict) -> dict[str, object]:
    """A verdict with the quantiles of our runs, a row of a CSV file."""
    row = {"claim": v.claim, "quantity": v.quantity, "claimed": v.claimed, "n": len(v.values)}
    row |= dict(zip(("q10", "median", "q90"), quantiles(v.values), strict=True))
    return row | {"share_at_or_below": v.share_below, "verdict": v.verdict, "reason": v.reason}


def row_of(verdict: Verdict) -> dict[str, str]:
    """The sign of the verdict with its reason, which needs no words where it simply holds or where we count."""
    counts = verdict.kind == "statement"
    n = f", n = {len(verdict.values)}" if len(verdict.values) and not counts else ""
    plain = verdict.verdict == HOLDS or (counts and verdict.reason.startswith("in "))
    return {
        "claim": verdict.quantity,
        "claimed": claimed_text(verdict),
        OURS: ours_text(verdict) + n,
        "verdict": SIGNS[verdict.verdict] + ("" if plain else f" {verdict.reason.partition(': in ')[0]}"),
    }


def summary(numbers: list[Verdict]) -> dict[str, str]:
    """Many losses as one row: the last of them, and how many have which sign."""
    last, sign = row_of(numbers[-1]), SIGNS[overall(numbers)]
    found = [number.verdict for number in numbers]
    counts = ", ".join(f"{found.count(v)} {SIGNS[v]}" for v in SIGNS if v in found)
    words = f"{len(numbers)} losses, the last {numbers[-1].quantity.removeprefix('loss ')}"
    return last | {"claim": words, "verdict": f"{sign} {counts}" if len(set(found)) > 1 else sign}


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


def counted(verdicts: list[str]) -> str:
    """How many of each, in words: "2 hold, 1 does not hold"."""
    counts = {v: verdicts.count(v) for v in COUNTED}
    return ", ".join(f"{count} {v if count == 1 else COUNTED[v]}" for v, count in counts.items() if count)


def described(settings: Mapping[str, object]) -> str:
    """Settings by their names in `RunConfig`; a list is what a claim varies."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in settings.items()}
    texts = [[f"{v:,}" if isinstance(v, int) else setting_text(v) for v in values] for values in lists.values()]
    return "; ".join(f"`{name}` {', '.join(text)}" for name, text in zip(lists, texts, strict=True))


def settings_text(name: str) -> str:
    """What a report states of an experiment, and what we chose where it leaves a setting open."""
    found = claim(name)
    chosen = [described(found.chosen)] if found.chosen else []
    chosen += ["rate, momentum and epochs by search"] if any(number.chosen for number in found.numbers) else []
    stated = f"*Stated:* {described(found.setup | found.grid)}. "
    return stated + (f"*Chosen by us:* {'; '.join(chosen)}." if chosen else "")


def withdrawn(entries: Mapping[str, list[Verdict]], reason: str) -> dict[str, list[Verdict]]:
    """The same entries with every verdict taken back, for runs that are too short to test anything."""
    none = {"values": np.array([]), "verdict": UNTESTED, "reason": reason}
    return {name: [replace(v, **none) for v in verdicts] for name, verdicts in entries.items()}


def show_report(report: str, entries: Mapping[str, list[Verdict]]) -> None:
    """Show the ledger of one report, "R0" to "R4": the verdicts, then for each entry why, its settings, and a note."""
    own = {name: verdicts for name, verdicts in entries.items() if name.startswith(report)}
    found = {name: overall(verdicts) for name, verdicts in own.items()}
    caption = f"{report}'s {len(own)} entries: {counted(list(found.values()))}."
    show(table(own), caption=caption, label=f"ledger-{report}")
    lines = []
    for name, verdict in found.items():
        parts = [f"* **{name}** {verdict}.", claim(name).why.get(KEYS[verdict]), settings_text(name), claim(name).note]
        lines.append(" ".join(part.strip() for part in parts if part))
    say("\n".join(lines))
