"""The verdicts on a report in words: how many of each, every claim as a sentence, and what the report leaves open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ..data.images import missing_mnist
from ..errors import choice
from ..words import LOSSES, setting_word, value_word
from . import r0, r1, r2, r3, r4
from .claim import Claim, claim, claims
from .exact_test import level
from .judge import AT_TIMES, CONDITION, FAILS, HOLDS, UNTESTED, VERDICTS, Verdict
from .plan import Plan
from .sentences import enumerated, sentence

REPORTS = {"R0": r0, "R1": r1, "R2": r2, "R3": r3, "R4": r4}
WHY = {HOLDS: "holds", AT_TIMES: "times", CONDITION: "condition", FAILS: "fails"}  # the keys of a claim's `why`


def names_of(report: str) -> list[str]:
    """The reports that are meant by "R0" to "R4", or by "all"."""
    choice("report", report, [*REPORTS, "all"])
    return [name for name in REPORTS if report in (name, "all")]


def judged(report: str, plan: Plan) -> list[Verdict]:
    """The verdicts on a report, or on all of them; where MNIST is missing, or the runs are too short, they say so."""
    return [verdict for name in names_of(report) for verdict in judged_report(name, plan)]


def judged_report(report: str, plan: Plan) -> list[Verdict]:
    if report == "R3" and missing_mnist():
        return untested(report, "MNIST is not installed")
    found = [] if report == "R3" and not plan.is_whole else REPORTS[report].verdicts(plan)
    return found if plan.is_whole else untested(report, "the runs are too short")


def untested(report: str, reason: str) -> list[Verdict]:
    """A verdict on each claim of a report: that what a test needs is missing."""
    own = [c for c in claims().values() if c.report == report]
    parts = [(c.id, {"reported": r}) for c in own for r in c.reported]
    parts += [(c.id, {"says": words}) for c in own for words in c.says.values()]
    return [Verdict(name, UNTESTED, np.array([]), reason=reason, **part) for name, part in parts]


def counted(verdicts: Sequence[Verdict]) -> str:
    """How many of each, in words: "12 hold, 3 hold with a condition and 1 does not hold"."""
    counts = Counter(v.verdict for v in verdicts)
    plurals = {verdict: verdict.replace("holds", "hold").replace("does", "do") for verdict in VERDICTS}
    return enumerated([f"{n} {v if n == 1 else plurals[v]}" for v in VERDICTS if (n := counts[v])])


def chances(verdicts: Sequence[Verdict]) -> str:
    """How often a run of the very same distribution as ours would be said not to hold, by the number of ours."""
    sizes = [len(v.ours) for v in verdicts if v.reported is not None and len(v.ours)]
    if not sizes:
        return "No number is tested here."
    levels = enumerated([f"{100 * level(n):.3g} % of cases beside {n} runs" for n in sorted(set(sizes), reverse=True)])
    expected = sum(map(level, sizes))
    return (
        f"A run of the very same distribution as ours would be said not to hold in {levels} of ours. So if every one "
        f"of the {len(sizes)} runs that are reported here were such a run, {expected:.2g} of them would not hold by "
        "chance."
    )


def ledger(verdicts: Sequence[Verdict], figure: str = "") -> str:
    """Every claim in a sentence, by report and verdict, in Markdown. `figure` is what shows the numbers, if any."""
    by_report = defaultdict(list)
    for v in verdicts:
        by_report[claim(v.claim).report].append(v)
    alone = len(by_report) == 1  # the finding has the numbers already
    text = [block for report, own in by_report.items() for block in blocks(report, own, alone)]
    if figure and any(v.reported and v.verdict != UNTESTED for v in verdicts):
        text.insert(0, f"{figure} shows each number of a run among those of ours.")
    return "\n\n".join(text)


def blocks(report: str, verdicts: Sequence[Verdict], alone: bool) -> Iterable[str]:
    """The ledger of one report: how many of each verdict, if it is not `alone`, and a list for each."""
    open_ones = [v for v in verdicts if v.verdict == UNTESTED]
    if len(open_ones) == len(verdicts):
        yield f"The {len(verdicts)} claims of {report} cannot be tested: {open_ones[0].reason}."
        return
    if not alone:
        yield f"Of {len(verdicts)} claims of {report}, {counted(verdicts)}."
    for verdict in WHY:
        own = [v for v in verdicts if v.verdict == verdict]
        before = [None, *(v.claim for v in own)]  # the sentences on one claim have its name once
        lines = [
            f"* {f'**{capital(claim(v.claim).name)}.** ' if v.claim != before[i] else ''}{sentence(v)}"
            f"{why_so(v, own[i + 1 :])}"
            for i, v in enumerate(own)
        ]
        if lines:
            yield f"**{verdict.capitalize()}**"
            yield "\n".join(lines)
    if open_ones:
        reasons = enumerated(list(dict.fromkeys(v.reason for v in open_ones)))
        yield f"Cannot be tested, for {reasons}: {enumerated([f'that {v.says}' for v in open_ones])}."


def why_so(v: Verdict, later: Sequence[Verdict]) -> str:
    """Why the verdict on a claim is so, after the last of its sentences."""
    why = claim(v.claim).why.get(WHY[v.verdict], "")
    return f" {why}" if why and all(other.claim != v.claim for other in later) else ""


def left_open(report: str) -> str:
    """What a report leaves open, what we chose there, and what is to know about its claims, in Markdown; of several
    reports, below the name of each."""
    names = names_of(report)
    lists = [left_open_by([c for c in claims().values() if c.report == name]) for name in names]
    return lists[0] if len(names) == 1 else "\n\n".join(map("**{}**\n\n{}".format, names, lists))


def left_open_by(own: Sequence[Claim]) -> str:
    used = defaultdict(list)  # the claims that each choice was made for
    for c in own:
        for made in choices(c):
            used[made].append(c.name)
    together = defaultdict(list)  # the choices that were made for the same claims
    for made, names in used.items():
        together[tuple(names)].append(made)
    lines = [f"{where(names, own)}: {', '.join(made)}." for names, made in together.items()]
    lines += [f"{c.name}: {c.note}" for c in own if c.note]
    return "\n".join(f"* {capital(line)}" for line in lines)


def capital(text: str) -> str:
    """A text that begins a sentence; capitals further on stay, as in ReLU."""
    return text[:1].upper() + text[1:]


def where(names: Sequence[str], own: Sequence[Claim]) -> str:
    """Names of claims; of most claims of a report, all but the others."""
    others = [c.name for c in own if c.name not in names]
    return ", ".join(names) if len(others) > len(names) else f"All but {', '.join(others)}" if others else "All"


def choices(c: Claim) -> list[str]:
    """What we chose for a claim: "learning rate 0.01", "initial weights N(0, 1)"."""
    made = {name: [value] for name, value in c.chosen.items()} | c.tried
    made |= {name: ["by a search"] for reported in c.reported for name in reported.chosen}
    return [f"{setting_word(name)} {enumerated(list(map(choice_text, values)))}" for name, values in made.items()]


def choice_text(value: object) -> str:
    return f"{value:,}" if type(value) is int else LOSSES.get(value, value_word(value))
