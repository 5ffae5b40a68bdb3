"""The ledger: every claim with its settings, our distribution beside it, the verdict, and the reason in a few words."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..display import say
from ..experiments.study import Study, run_study, study_of
from ..rounding import quantiles, setting_text
from ..tables.table import Table, show
from .judge import CONDITION, FAILS, HOLDS, UNTESTED, Verdict, claim, overall
from .table import claimed_text, ours_text

SIGNS = {HOLDS: "✓", CONDITION: "(✓)", FAILS: "✗", UNTESTED: "?"}
COUNTED = {HOLDS: "hold", CONDITION: "hold with a condition", FAILS: "do not hold", UNTESTED: "cannot be tested"}
KEYS = {HOLDS: "holds", CONDITION: "condition", FAILS: "fails", UNTESTED: "untested"}  # of the `why` of a claim
VARIED = {
    "lr": "rates",
    "hidden_sizes": "widths",
    "activation": "activations",
    "optimizer": "optimizers",
    "dataset": "data sets",
    "front": "in front",
    "init": "initial weights",
    "batch_size": "batches",
    "weight_decay": "weight decay",
}
LONG = {
    "mse": "MSE",
    "half_mse": "half MSE",
    "cross_entropy": "cross-entropy",
    "normal": "N(0, 1)",
    "gd": "gradient descent",
}
SHORT = {
    "n_examples": "n = {}",
    "hidden_sizes": "hidden {}",
    "lr": "lr {}",
    "n_epochs": "{} epochs",
    "batch_size": "batches of {}",
    "momentum": "β = {}",
    "init": "weights {}",
    "bias_init": "biases {}",
    "front": "front {}",
    "activation": "{} units",
    "output_activation": "{} output",
    "leaky_slope": "slope {}",
    "weight_decay": "decay {}",
}


def reproduce(name: str, seeds: Iterable[int], share_of_epochs: float = 1.0, **changes) -> Study:
    """The runs that test a claim: its settings and its grid with every seed, and changes as run_study takes them.

    A share below 1 trains shorter, to see that everything works; such runs test nothing.
    """
    found = claim(name)
    n_epochs = changes.pop("n_epochs", found.config().n_epochs)
    config = found.config(n_epochs=max(1, round(n_epochs * share_of_epochs)))
    return run_study(config, **found.grid | changes, seed=list(seeds))


def reproduce_numbers(name: str, seeds: Iterable[int], share_of_epochs: float = 1.0, **changes) -> Study:
    """The runs that test the numbers of a claim, where what we chose differs from one number to the next."""
    found = claim(name)
    configs = [found.config(**number.where | number.chosen | changes) for number in found.numbers]
    configs = [c.replace(n_epochs=max(1, round(c.n_epochs * share_of_epochs))) for c in dict.fromkeys(configs)]
    return study_of([c.replace(seed=seed) for c in configs for seed in seeds], list(found.grid))


def table(entries: Mapping[str, list[Verdict]]) -> Table:
    """A row for each number or statement of each entry; the losses at many epochs are one row with the last of them."""
    values, texts = [], []
    for name, verdicts in entries.items():
        numbers = [v for v in verdicts if v.kind != "statement"]
        rows = [summary(numbers)] if claim(name).trace and not claim(name).says else [row_of(v) for v in numbers]
        rows += [row_of(v) for v in verdicts if v.kind == "statement"]
        texts += [{"entry": "" if i else name} | row for i, row in enumerate(rows)]
        values += [
            {"entry": name, "claim": v.quantity, "claimed": v.claimed, "n": len(v.values)}
            | dict(zip(("q10", "median", "q90"), quantiles(v.values), strict=True))
            | {"verdict": v.verdict, "reason": v.reason, "entry_verdict": overall(verdicts)}
            for v in verdicts
        ]
    return Table(pd.DataFrame(values).set_index(["entry", "claim"]), pd.DataFrame(texts).set_index("entry"))


def row_of(verdict: Verdict) -> dict[str, str]:
    """The sign of the verdict with its reason, which needs no words where it simply holds or where we count."""
    counts = verdict.kind == "statement"
    n = f", n = {len(verdict.values)}" if len(verdict.values) and not counts else ""
    plain = verdict.verdict == HOLDS or (counts and verdict.reason.startswith("in "))
    return {
        "claim": verdict.quantity,
        "claimed": claimed_text(verdict),
        "ours: median (10–90 %)": ours_text(verdict) + n,
        "verdict": SIGNS[verdict.verdict] + ("" if plain else f" {verdict.reason.partition(': in ')[0]}"),
    }


def summary(numbers: list[Verdict]) -> dict[str, str]:
    """Many losses as one row: the last of them, and how many have which sign."""
    last, sign = row_of(numbers[-1]), SIGNS[overall(numbers)]
    found = [number.verdict for number in numbers]
    counts = ", ".join(f"{found.count(v)} {SIGNS[v]}" for v in SIGNS if v in found)
    words = f"{len(numbers)} losses, the last {numbers[-1].quantity.removeprefix('loss ')}"
    return last | {"claim": words, "verdict": f"{sign} {counts}" if len(set(found)) > 1 else sign}


def counted(verdicts: list[str]) -> str:
    """How many of each, in words: "2 hold, 1 does not hold"."""
    counts = {v: verdicts.count(v) for v in COUNTED}
    return ", ".join(f"{count} {v if count == 1 else COUNTED[v]}" for v, count in counts.items() if count)


def settings_text(name: str) -> str:
    """What a report states of an experiment, and what we chose where it leaves a setting open."""
    found = claim(name)
    varied = [f"{VARIED.get(k, k)} {', '.join(map(setting_text, values))}" for k, values in found.grid.items()]
    stated = "; ".join(text for text in [described(found.setup), *varied] if text)
    chosen = [described(found.chosen)] if found.chosen else []
    chosen += ["rate, momentum and epochs by search"] if any(number.chosen for number in found.numbers) else []
    return f"*Stated:* {stated}. " + (f"*Chosen by us:* {'; '.join(chosen)}." if chosen else "")


def described(settings: dict) -> str:
    texts = {name: f"{value:,}" if isinstance(value, int) else setting_text(value) for name, value in settings.items()}
    texts = {name: LONG.get(text, text) for name, text in texts.items()}
    return ", ".join(SHORT.get(name, "{}").format(text) for name, text in texts.items())


def withdrawn(entries: Mapping[str, list[Verdict]], reason: str) -> dict[str, list[Verdict]]:
    """The same entries with every verdict taken back, for runs that are too short to test anything."""
    empty = np.array([])
    return {
        name: [Verdict(v.claim, v.quantity, v.claimed, empty, UNTESTED, reason, v.kind) for v in verdicts]
        for name, verdicts in entries.items()
    }


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
