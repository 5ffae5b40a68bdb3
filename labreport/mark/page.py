"""The page of a class: a table to sort, and for each student what was found, the answers, and fields for marks.

It opens from disk and loads nothing. Nothing of a bundle is markup in it: jinja2 escapes every value.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..page.html.faces import HAN, han_faces
from ..page.html.frame import policy
from ..verify.answers import state
from ..verify.reading.findings import COPIES, FAILED, LOOK, NOTE, BundleVerdict, OwnCell
from .differing import differing
from .listing import answers, answers_counted, compared, like_others, total
from .marks import COMMENT, MARK, Row
from .reports import PAGE, PDF

SCRIPT = "class.js"
FONTS = "/* fonts */"  # where those of Chinese and Korean words stand, which not every machine has
QUOTED = re.compile(r"^> ?", re.M)


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader("labreport.mark"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def html_of(template: str, **values: Any) -> str:
    """A page, with the fonts that its Chinese and Korean words need."""
    html = environment().get_template(template).render(values)
    return html.replace(FONTS, "\n".join(han_faces(set(HAN.findall(html)), [])), 1)


def class_page(verdicts: Sequence[BundleVerdict], reports: Path, told: Sequence[str], marks: Sequence[Row]) -> str:
    """The page. `reports` is the folder of the reports beside it, `told` is what holds for all bundles, and `marks`
    are the rows of marks.csv."""
    script = environment().loader.get_source(environment(), SCRIPT)[0]
    shown = [shown_bundle(number, verdict, reports) for number, verdict in enumerate(verdicts, 1)]
    values = {"title": total(verdicts), "told": told, "students": shown, "marks": list(marks)}
    return html_of("class.html", script=script, policy=policy(script), **values)


def feedback_page(verdict: BundleVerdict, row: Row) -> str:
    """What a student gets back: marks, comments, and what was found, but what it says of others."""
    findings = [one for one in verdict.sorted() if one.step != COPIES and one.level != NOTE]
    marked = [
        shown_answer(own, "") | {name: row.get(f"{own.key} {name}", "") for name in (MARK, COMMENT)}
        for own in answers(verdict)
    ]
    values = {"verdict": verdict, "mark": row[MARK], "comment": row[COMMENT], "findings": findings, "answers": marked}
    return html_of("feedback.html", policy=policy(""), **values)


def is_marked(row: Row) -> bool:
    """Whether a row of marks.csv holds a mark or a comment."""
    return any(text.strip() for name, text in row.items() if name.split(" ")[-1] in (MARK, COMMENT))


def shown_bundle(number: int, verdict: BundleVerdict, reports: Path) -> dict[str, Any]:
    """A bundle as the page shows it."""
    found = Counter(finding.level for finding in verdict.findings)
    alike = like_others(verdict)
    asked = answers(verdict)
    return {
        "number": number,
        "verdict": verdict,
        "row": {"bundle": verdict.bundle, "student_id": verdict.student_id, "author": verdict.author},
        "n_failed": found[FAILED],
        "n_look": found[LOOK],
        "counted": answers_counted(verdict),
        "facts": [text for text in (verdict.lab, compared(verdict), "; ".join(verdict.how)) if text],
        "findings": verdict.sorted(),
        "answers": [shown_answer(own, "like another's" if own.key in alike else "") for own in asked],
        "others": [shown_answer(own, "") for own in verdict.own if not own.is_answer],
        "links": report_links(verdict, reports),
    }


def shown_answer(own: OwnCell, alike: str) -> dict[str, Any]:
    """A cell of the student's own; its text as pieces, each with whether the delivered text has it."""
    found = state(own.text, own.here, own.is_code) if own.is_answer else ""
    pieces = differing(own.here, own.text)
    return {
        "own": own,
        "tag": "pre" if own.is_code else "div",
        "prompt": QUOTED.sub("", own.prompt),
        "states": [word for word in (found, alike) if word],
        "pieces": pieces,
        "is_like_delivered": len(pieces) > 1,
    }


def report_folder(verdict: BundleVerdict, reports: Path) -> Path:
    """Where the report of a bundle lies."""
    return reports / stem(verdict)


def stem(verdict: BundleVerdict) -> str:
    """The name of a bundle without its end, for what is made of it."""
    short = verdict.bundle.removesuffix(".zip")
    return short if short.rpartition("/")[2].strip(".") else verdict.bundle


def report_links(verdict: BundleVerdict, reports: Path) -> Mapping[str, str]:
    """What can be opened of a report, as addresses from the page on."""
    folder = report_folder(verdict, reports)
    there = {word: folder / name for word, name in {"HTML": PAGE, "PDF": PDF}.items()}
    return {
        word: quote(path.relative_to(reports.parent.parent).as_posix()) for word, path in there.items() if path.exists()
    }
