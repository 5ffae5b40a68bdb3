"""The ledger: every claim with its settings, our distribution beside it, the verdict, and the reason in a few words."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from .claims import CONDITION, FAILS, HOLDS, UNTESTED, Claim, Verdict, claim, overall
from .display import say
from .rounding import setting_text
from .studies import Study, run_study, study_of
from .tables import Table, claimed_text, ours_text, show

SIGNS = {HOLDS: "✓", CONDITION: "(✓)", FAILS: "✗", UNTESTED: "?"}
COUNTED = {HOLDS: "hold", CONDITION: "hold with a condition", FAILS: "do not hold", UNTESTED: "cannot be tested"}
LONG = 5  # numbers of a claim above which one line stands for all of them
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
    """A row for each number or statement of each entry; a long list of numbers is one row with the last of them."""
    values, texts = [], []
    for name, verdicts in entries.items():
        numbers = [v for v in verdicts if v.kind != "statement"]
        rows = [summary(numbers)] if len(numbers) >= LONG else [row_of(v) for v in numbers]
        rows += [row_of(v) for v in verdicts if v.kind == "statement"]
        texts += [{"entry": name} | row for row in rows]
        values += [
            {"entry": name, "claim": v.quantity, "claimed": v.claimed, "n": len(v.values)}
            | dict(zip(("q10", "median", "q90"), spread(v), strict=True))
            | {"verdict": v.verdict, "reason": v.reason, "entry_verdict": overall(verdicts)}
            for v in verdicts
        ]
    index = ["entry", "claim"]
    return Table(pd.DataFrame(values).set_index(index), pd.DataFrame(texts).set_index(index))


def spread(verdict: Verdict) -> np.ndarray:
    return np.quantile(verdict.values, [0.1, 0.5, 0.9]) if len(verdict.values) else np.full(3, np.nan)


def row_of(verdict: Verdict) -> dict[str, str]:
    n = f", n = {len(verdict.values)}" if len(verdict.values) and verdict.kind != "statement" else ""
    return {
        "claim": verdict.quantity,
        "claimed": claimed_text(verdict),
        "ours: median (10–90 %)": ours_text(verdict) + n,
        "verdict": f"{SIGNS[verdict.verdict]} {verdict.verdict}: {verdict.reason}",
    }


def summary(numbers: list[Verdict]) -> dict[str, str]:
    """Many numbers as one row: the last of them, and how many have which verdict."""
    last, found = row_of(numbers[-1]), overall(numbers)
    counts = {v: sum(number.verdict == v for number in numbers) for v in SIGNS}
    words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return last | {
        "claim": f"{len(numbers)} values, the last: {numbers[-1].quantity}",
        "verdict": f"{SIGNS[found]} {words}",
    }


def settings_table(names: Iterable[str]) -> Table:
    """What a report states of each experiment, and what we chose where it leaves a setting open."""
    rows = []
    for name in names:
        found = claim(name)
        chosen = described(found.chosen) + (" and by search" if name == "R2.table" else "")
        rows.append({"entry": name, "stated": stated(found), "chosen by us": chosen or "nothing"})
    frame = pd.DataFrame(rows).set_index("entry")
    return Table(frame, frame)


def stated(found: Claim) -> str:
    varied = ["; ".join(f"{k}: {', '.join(map(setting_text, values))}" for k, values in found.grid.items())]
    return "; ".join(text for text in [described(found.setup), *varied] if text)


def described(settings: dict) -> str:
    texts = {name: f"{value:,}" if isinstance(value, int) else setting_text(value) for name, value in settings.items()}
    return ", ".join(SHORT.get(name, "{}").format(text) for name, text in texts.items())


def withdrawn(entries: Mapping[str, list[Verdict]], reason: str) -> dict[str, list[Verdict]]:
    """The same entries with every verdict taken back, for runs that are too short to test anything."""
    empty = np.array([])
    return {
        name: [Verdict(v.claim, v.quantity, v.claimed, empty, UNTESTED, reason, v.kind) for v in verdicts]
        for name, verdicts in entries.items()
    }


def show_report(report: str, entries: Mapping[str, list[Verdict]]) -> None:
    """Show the ledger of one report, "R0" to "R4": its verdicts, its settings, and what is to know about it."""
    own = {name: verdicts for name, verdicts in entries.items() if name.startswith(report)}
    found = [overall(verdicts) for verdicts in own.values()]
    counts = ", ".join(f"{found.count(v)} {words}" for v, words in COUNTED.items() if v in found)
    show(table(own), caption=f"{report}'s {len(own)} entries: {counts}.", label=f"ledger-{report}")
    say("\n".join(f"* **{name}.** {claim(name).note}" for name in own if claim(name).note))
    caption = f"The settings that test {report}'s claims: what the report states, and what we chose where it is silent."
    show(settings_table(own), caption=caption, label=f"settings-{report}")
