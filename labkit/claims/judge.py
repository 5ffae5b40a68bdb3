"""The verdict on a claim of the lab reports R0 to R4, against the runs of a study.

All that an entry tells of one run of a report is judged at once, by an exact test against our runs; a statement is held
against a number of comparisons, of which a share is as it says. What does not hold may hold under a named condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import choice
from ..experiments.study import Study
from ..training.run import Run
from .claim import Reported, claim
from .exact_test import level, p_value

VERDICTS = ("holds", "holds at times", "holds with a condition", "does not hold", "cannot be tested")
HOLDS, AT_TIMES, CONDITION, FAILS, UNTESTED = VERDICTS
MOSTLY, SOMETIMES = 0.8, 0.2  # shares of comparisons from which on a statement holds, and holds at times


@dataclass(frozen=True)
class Verdict:
    """The verdict on a part of a claim: on `reported`, beside ours, (runs, numbers), or on the statement `says`, beside
    a share of our comparisons: 1 where it was so, else 0.

    `condition` names what it holds under, and `there` has the runs or the comparisons under it. What cannot be tested
    has a `reason`.
    """

    claim: str
    verdict: str
    ours: np.ndarray
    reported: Reported | None = None
    says: str = ""
    condition: str = ""
    there: np.ndarray = field(default_factory=lambda: np.array([]))
    reason: str = ""


def judge(
    name: str, study: Study | None = None, conditions: Mapping[str, Study] | None = None, **statements
) -> list[Verdict]:
    """The verdicts on each reported run of a claim, from the runs of a study, and on its statements, by their names.

    `conditions` are studies by the words for what is different in them; the first counts that the run cannot be told
    from. Each of `statements` says of every comparison whether it was so, or why none can test it, or is a pair: such
    comparisons, and others by the words for a condition.
    """
    found = [verdict(name, reported, study, conditions or {}) for reported in claim(name).reported]
    parts = {statement: held if isinstance(held, tuple) else (held,) for statement, held in statements.items()}
    return found + [statement_verdict(name, statement, *held) for statement, held in parts.items()]


def verdict(name: str, reported: Reported, study: Study, conditions: Mapping[str, Study]) -> Verdict:
    ours = reported.of(study.where(**reported.where))
    if np.isnan(reported.values).any():  # it diverged, and so do some of ours
        return Verdict(name, by_share(np.mean(np.isnan(ours).any(axis=1))), ours, reported)
    if fits(reported, ours):
        return Verdict(name, HOLDS, ours, reported)
    for words, other in conditions.items():
        there = reported.of(under(reported, other))
        if len(there) and fits(reported, there):
            return Verdict(name, CONDITION, ours, reported, condition=words, there=there)
    return Verdict(name, FAILS, ours, reported)


def fits(reported: Reported, ours: np.ndarray) -> bool:
    """Whether a reported run cannot be told from ours."""
    return p_value(reported.on_scale(reported.values), reported.on_scale(ours)) > level(len(ours))


def under(reported: Reported, study: Study) -> list[Run]:
    """The runs of a condition at the same point of the grid. Where one setting makes the grid, and the condition has
    none of its values, it is this setting that it changes, and all of its runs count."""
    same = study.where(**reported.where)
    return study.members if not same and len(reported.where) == 1 else same


def by_share(share: float) -> str:
    return HOLDS if share >= MOSTLY else AT_TIMES if share >= SOMETIMES else FAILS


def statement_verdict(
    name: str, statement: str, held: Sequence[bool] | str, conditions: Mapping[str, Sequence[bool]] | None = None
) -> Verdict:
    says = claim(name).says
    choice(f"statement of {name}", statement, says)
    reason = held if isinstance(held, str) else "" if len(held) else "there is nothing to compare"
    if reason:
        return Verdict(name, UNTESTED, np.array([]), says=says[statement], reason=reason)
    ours = np.asarray(held, float)
    found = by_share(ours.mean())
    for words, there in (conditions or {}).items():
        if found != HOLDS and np.mean(there) >= MOSTLY:
            there = np.asarray(there, float)
            return Verdict(name, CONDITION, ours, says=says[statement], condition=words, there=there)
    return Verdict(name, found, ours, says=says[statement])
