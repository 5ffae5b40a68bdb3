"""What was found, written down: for the terminal, as a page for a class, and as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from html import escape
from string import Template

from .reading.findings import FAILED, LOOK, NOTE, BundleVerdict

WORDS = ("passed", LOOK, FAILED)
COUNTED = ("files", "runs", "trained", "cached", "known", "numbers", "figures")
COLUMNS = ("bundle", "student_id", "author", "lab", "verdict", *COUNTED, "failed", "look", "note", "findings")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula


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


def verdicts_csv(verdicts: Sequence[BundleVerdict]) -> str:
    """A row a bundle, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in verdicts:
        found = Counter(finding.level for finding in verdict.findings)
        told = " | ".join(f"{one.level}: {one.step}: {one.text}" for one in verdict.sorted())
        names = [verdict.bundle, verdict.student_id, verdict.author, verdict.lab, verdict.word]
        counts = [*(verdict.counts.get(name, 0) for name in COUNTED), found[FAILED], found[LOOK], found[NOTE]]
        writer.writerow([*map(harmless, names), *counts, harmless(told)])
    return text.getvalue()


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Checked bundles</title>
<style>
:root { color-scheme: light dark; --ink: #1d2126; --paper: #fff; --line: #c9ced6; --faint: #59616b;
  --passed: #1a6b2f; --look: #7a5200; --failed: #a8201a }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #16191d; --line: #454c55; --faint: #a4acb6;
  --passed: #6fcf87; --look: #e8b44c; --failed: #ff8a80 } }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 .5rem }
h2 { font-size: 1rem; margin: 0; display: inline }
details { border-top: 1px solid var(--line); padding: .6rem 0 }
summary { cursor: pointer }
p { margin: .2rem 0; color: var(--faint) }
ul { list-style: none; margin: .5rem 0 0; padding: 0 }
li { padding: .15rem 0 .15rem .7rem; margin: .2rem 0; border-left: .25rem solid var(--line) }
li.look { border-color: var(--look) }
li.failed { border-color: var(--failed) }
b { text-transform: uppercase; font-size: .8rem; letter-spacing: .03em; margin-right: .3rem }
.passed b, b.passed { color: var(--passed) } .look b, b.look { color: var(--look) }
.failed b, b.failed { color: var(--failed) }
</style>
</head>
<body>
<main>
<h1>$total</h1>
$bundles
</main>
</body>
</html>
""")


def verdicts_page(verdicts: Sequence[BundleVerdict]) -> str:
    """All verdicts as one page that opens without a network; nothing of a bundle is markup in it."""
    return PAGE.substitute(total=escape(total(verdicts)), bundles="\n".join(map(section, verdicts)))


def section(verdict: BundleVerdict) -> str:
    """One bundle; open if there is something to look at."""
    who = " · ".join(filter(None, [verdict.student_id, verdict.author, verdict.lab]))
    items = [
        f'<li class="{one.level}"><b>{one.level}</b> {escape(one.step)}: {escape(one.text)}</li>'
        for one in verdict.sorted()
    ]
    shown = "" if verdict.word == "passed" else " open"
    head = f'<b class="{verdict.word}">{verdict.word}</b> <h2>{escape(verdict.bundle)}</h2>'
    body = [f"<p>{escape(text)}</p>" for text in (who, compared(verdict), "; ".join(verdict.how)) if text]
    findings = f"<ul>{''.join(items)}</ul>" if items else ""
    return f"<details{shown}><summary>{head}</summary>{''.join(body)}{findings}</details>"
