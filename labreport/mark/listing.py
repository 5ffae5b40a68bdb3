"""What was found, as lines for the terminal and as CSV."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ..verify.answers import DELIVERED, EMPTY, NEARLY, state
from ..verify.reading.findings import COPIES, FAILED, LOOK, NOTE, BundleVerdict, OwnCell

WORDS = ("passed", LOOK, FAILED)
COUNTED = ("files", "runs", "trained", "cached", "known", "numbers", "figures")
ANSWERS = ("answers", "empty", "delivered", "alike")
WHO = ("bundle", "student_id", "author")
COLUMNS = (*WHO, "lab", "verdict", *COUNTED, *ANSWERS, "seconds", "failed", "look", "note", "findings")
# What a spreadsheet may run as a formula; and the mark in front of one, or it would be taken off what was written so.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%", "'")
BOM = "\ufeff"  # without it, spreadsheets do not read Chinese names as UTF-8


def compared(verdict: BundleVerdict) -> str:
    """`41 files, 5,122 runs (12 trained now, 5,110 from the cache), 902 numbers, 30 figures`"""
    counts = {name: f"{verdict.counts.get(name, 0):,}" for name in COUNTED}
    sources = ["{trained} trained now", "{cached} from the cache"]
    if verdict.counts.get("known"):
        sources.append("{known} as for a bundle before")
    runs = f"{{runs}} runs ({', '.join(sources)})".format(**counts)
    return f"{counts['files']} files, {runs}, {counts['numbers']} numbers, {counts['figures']} figures"


def verdict_lines(verdict: BundleVerdict) -> list[str]:
    """The verdict on one bundle, as the terminal shows it."""
    who = " ".join(filter(None, [verdict.student_id, verdict.author]))
    told = [f"{verdict.word:<7} {verdict.bundle}{f'  ({who})' if who else ''}", f"        {compared(verdict)}"]
    if verdict.how:
        told.append(f"        {'; '.join(verdict.how)}")
    return [*told, *(f"        {one.level:<7} {one.step:<10} {one.text}" for one in verdict.sorted())]


def table_of_verdicts(verdicts: Sequence[BundleVerdict]) -> list[str]:
    """A line a bundle, and how many of each verdict there are."""
    width = max(len(verdict.bundle) for verdict in verdicts)
    rows = [
        f"{'bundle':<{width}}  verdict  {'failed':>6} {'look':>5} {'note':>5} {'runs':>7} {'numbers':>8} {'figures':>7}"
    ]
    for verdict in verdicts:
        found = Counter(finding.level for finding in verdict.findings)
        runs, numbers, figures = (f"{verdict.counts.get(name, 0):,}" for name in ("runs", "numbers", "figures"))
        counts = f"{found[FAILED]:>6} {found[LOOK]:>5} {found[NOTE]:>5} {runs:>7} {numbers:>8} {figures:>7}"
        rows.append(f"{verdict.bundle:<{width}}  {verdict.word:<7}  {counts}")
    return [*rows, total(verdicts)]


def total(verdicts: Sequence[BundleVerdict]) -> str:
    """`3 bundles: 1 passed, 1 look, 1 failed`"""
    found = Counter(verdict.word for verdict in verdicts)
    return f"{len(verdicts)} {'bundle' if len(verdicts) == 1 else 'bundles'}: " + ", ".join(
        f"{found[word]} {word}" for word in WORDS if found[word]
    )


def answers(verdict: BundleVerdict) -> list[OwnCell]:
    return [own for own in verdict.own if own.is_answer]


def like_others(verdict: BundleVerdict) -> set[str]:
    """The cells that are the same or nearly so in another bundle."""
    return {one.cell for one in verdict.findings if one.step == COPIES and one.cell}


def answers_counted(verdict: BundleVerdict) -> dict[str, int]:
    """How many answers there are, how many are empty, as delivered or nearly so, and like those of another bundle."""
    asked = answers(verdict)
    states = Counter(state(own.text, own.here, own.is_code) for own in asked)
    alike = len(like_others(verdict) & {own.key for own in asked})
    return dict(zip(ANSWERS, (len(asked), states[EMPTY], states[DELIVERED] + states[NEARLY], alike), strict=True))


def verdicts_csv(verdicts: Sequence[BundleVerdict]) -> str:
    """A row a bundle, safe to open in a spreadsheet."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in verdicts:
        found = Counter(finding.level for finding in verdict.findings)
        told = " | ".join(f"{one.level}: {one.step}: {one.text}" for one in verdict.sorted())
        names = [verdict.bundle, verdict.student_id, verdict.author, verdict.lab, verdict.word]
        counts = [verdict.counts.get(name, 0) for name in COUNTED]
        counts += [*answers_counted(verdict).values(), verdict.seconds, found[FAILED], found[LOOK], found[NOTE]]
        writer.writerow([*map(harmless, names), *counts, harmless(told)])
    return text.getvalue()


def harmless(text: str) -> str:
    """A text with a mark in front where a spreadsheet would take it for a formula, full-width signs included."""
    return f"'{text}" if unicodedata.normalize("NFKC", text).lstrip(" \u200b\ufeff").startswith(FORMULA) else text


def from_harmless(text: str) -> str:
    """The inverse of `harmless`."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text
