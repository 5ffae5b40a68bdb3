"""The verdict on a claim of the lab reports R0 to R4, against the runs of a study.

A claim is one run's number, ours are a distribution over seeds: the claim holds where it lies in the middle 80 % of our
runs, holds with a condition where only the rarer runs, or those of a study with a named condition, come to it, and does
not hold where no run does. A claim in words is held against a number of comparisons in the same way. Runs of other
settings than the claim's cannot test it, and the verdict says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import LabError, choice
from ..experiments.study import Study
from ..rounding import quantiles, worst_if_nan
from ..training.run import Run
from .claim import Claim, Number, claim
from .claim import claims as claims  # for those who judge all of them

HOLDS, CONDITION, FAILS, UNTESTED = "holds", "holds with a condition", "does not hold", "cannot be tested"
RARE, MIXED = "a rare seed", "it depends"  # the reasons for a condition that no study was named for
MOSTLY, SOMETIMES = 0.8, 0.2  # shares of comparisons in which a statement is true to hold, or to hold at times
FREE = ("seed", "data_seed", "dtype")  # settings in which the runs that test one number may differ
Condition = tuple[str, Study] | list[tuple[str, Study]]  # the first that the claim holds under counts


@dataclass(frozen=True)
class Verdict:
    """A claim against ours: `values` of our runs, the verdict, and the reason for it in a few words.

    Of a claim in words, `quantity` holds the words, `claimed` is 1, and `values` are 1 where it was so, else 0.
    """

    claim: str
    quantity: str
    claimed: float
    values: np.ndarray
    verdict: str
    reason: str
    kind: str = "number"  # or "fraction", or "statement"

    @property
    def share_below(self) -> float:
        """The fraction of our runs at or below the claimed number, nan without runs."""
        if not len(self.values):
            return np.nan
        return float(np.mean(worst_if_nan(self.values) <= worst_if_nan(self.claimed)))


def judge(name: str, *studies: Study, condition: Condition | None = None) -> list[Verdict]:
    """The verdict on each number of a claim, from those runs that have its settings.

    `condition` names a further study, in which the claim may hold instead. Its settings need not be the claim's, but of
    a study over the claim's grid only the runs at the same point of it count. Where the claim varies one setting, a
    study at none of its values counts as a whole: it is the value that the condition names.
    """
    found = claim(name)
    runs = [run for study in studies for run in study.members]
    return [verdict(found, number, runs, condition) for number in found.numbers]


def verdict(found: Claim, number: Number, runs: Sequence[Run], condition: Condition | None = None) -> Verdict:
    """The verdict on one number of a claim."""
    kind = "fraction" if number.is_fraction else "number"
    settings = found.settings | number.where | number.chosen
    fitting = [run for run in runs if not differing(settings, run)]
    if not fitting:
        reason = min((differing(settings, run) for run in runs), key=len, default=["there is no run"])[0]
        return Verdict(found.id, number.label, number.value, np.array([]), UNTESTED, reason, kind)
    check_alike(found, fitting)
    values = values_of(number, fitting)
    return Verdict(found.id, number.label, number.value, values, *outcome(number, values, condition), kind)


def outcome(number: Number, values: np.ndarray, condition: Condition | None) -> tuple[str, str]:
    claimed, reached = worst_if_nan(number.value), worst_if_nan(values)
    low, _, high = quantiles(values)
    n = len(values)
    if low <= claimed <= high:
        return HOLDS, "in the middle 80 % of our runs"
    if reached.min() <= claimed <= reached.max():
        rare = int(min((reached <= claimed).sum(), (reached >= claimed).sum()))
        return CONDITION, f"{RARE}: {rare} of {n} runs"
    for words, other in [condition] if isinstance(condition, tuple) else condition or []:
        same = [run for run in other.members if not differing(number.where, run)]
        if not same and len(number.where) == 1:
            same = other.members
        others = worst_if_nan(values_of(number, same))
        if len(same) and others.min() <= claimed <= others.max():
            return CONDITION, words
    return FAILS, f"{'above' if claimed > reached.max() else 'below'} all {n} runs"


def judge_statement(
    name: str, statement: str, held: Sequence[bool] | str, condition: tuple[str, Sequence[bool]] | None = None
) -> Verdict:
    """The verdict on a statement of a claim, by its short name; `held` says of each comparison whether it was so, or
    why no run can test it.

    `condition` names further comparisons, in which it may hold instead.
    """
    says = claim(name).says
    choice(f"statement of {name}", statement, says)
    reason, held = (held, []) if isinstance(held, str) else ("there is nothing to compare", held)
    held = np.asarray(held, float)
    n_true, n = int(held.sum()), len(held)
    if not n:
        found = UNTESTED, reason
    elif n_true >= MOSTLY * n:
        found = HOLDS, f"in {n_true} of {n}" if n > 1 else "it is so"
    elif condition is not None and np.mean(condition[1]) >= MOSTLY:
        found = CONDITION, condition[0]
    elif n_true >= SOMETIMES * n:
        found = CONDITION, f"{MIXED}: in {n_true} of {n}"
    else:
        found = FAILS, f"in {n_true} of {n}" if n > 1 else "it is not so"
    return Verdict(name, says[statement], 1.0, held, *found, "statement")


def entry(name: str, *studies: Study, condition: Condition | None = None, **statements) -> dict[str, list[Verdict]]:
    """The verdicts on the numbers of a claim and on its statements, by its name, as an entry of the ledger.

    `statements` maps short names to what `judge_statement` takes: comparisons, (comparisons, condition), or a reason.
    """
    parts = {k: held if isinstance(held, tuple) else (held,) for k, held in statements.items()}
    found = [judge_statement(name, statement, *held) for statement, held in parts.items()]
    return {name: [*judge(name, *studies, condition=condition), *found]}


def overall(verdicts: Sequence[Verdict]) -> str:
    """One verdict for an entry: it holds where all of it does, and does not where none of it does.

    What cannot be tested counts only where nothing else is left.
    """
    found = {v.verdict for v in verdicts} - {UNTESTED}
    if not found:
        return UNTESTED
    return found.pop() if len(found) == 1 else CONDITION


def differing(settings: dict, run: Run) -> list[str]:
    """The settings in which a run is not as claimed, as "our n_epochs is 500, the claim's 50000"."""
    pairs = {name: (getattr(run.config, name), claimed) for name, claimed in settings.items()}
    return [
        f"our {name} is {ours!r}, the claim's {claimed!r}" for name, (ours, claimed) in pairs.items() if ours != claimed
    ]


def check_alike(found: Claim, runs: Sequence[Run]) -> None:
    """Raise LabError where runs for one number differ in a setting that the claim leaves open: it must be decided."""
    first = runs[0].config.as_dict()
    for run in runs:
        for name, value in run.config.as_dict().items():
            if name not in FREE and value != first[name]:
                raise LabError(
                    f"runs that test {found.id} must agree in {name}, which it leaves open; "
                    f"got {first[name]!r} and {value!r}"
                )


def values_of(number: Number, runs: Sequence[Run]) -> np.ndarray:
    """The claimed quantity of every run; accuracies to four decimals, as the reports have them."""
    if number.epoch is None:
        values = np.array([run.results[number.quantity] for run in runs], float)
    else:
        values = np.array([np.interp(number.epoch, run.history.epoch, run.history[number.quantity]) for run in runs])
    return values.round(4) if number.is_fraction else values
