"""What is written of a class while it is checked: the page, the table, the reports and the feedback beside the page."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic

from labkit.files import write_atomic

from ..verify.reading.findings import BundleVerdict
from .listing import verdicts_csv
from .marks import MARKS, read_marks
from .page import class_page, feedback_page, is_marked, report_folder, stem
from .reports import extract_reports

SHARE = 5  # of the time that writing takes, at least so many go by without any
REPORTS, FEEDBACK = "reports", "feedback"  # below class_files, beside a page class.html


class ClassFiles:
    """Writes the page and the table after each bundle, so that a class that was stopped has those that are done; of
    bundles that were checked before, one right after the other, not after every one.

    Raise LabError, before a bundle is checked, for a marks.csv beside the page that cannot be read.
    """

    def __init__(self, found: Mapping[Path, str], told: list[str], page: Path | None, table: Path | None) -> None:
        self.bundles = {name: path for path, name in found.items()}
        self.told = told
        self.page = page.absolute() if page else None
        self.table = table.absolute() if table else None
        self.folder = self.page.with_name(f"{self.page.stem}_files") if self.page else None
        self.marks = read_marks(self.page.parent / MARKS) if self.page else []
        self.verdicts: list[BundleVerdict] = []
        self.n_feedback = 0
        self.next = 0.0  # when they are written again

    def add(self, verdict: BundleVerdict) -> None:
        self.verdicts.append(verdict)
        if self.page:
            self.add_beside_page(verdict)
        if monotonic() >= self.next:
            self.write()

    def write(self) -> None:
        """Write the page and the table as they are by now."""
        began = monotonic()
        if self.table:
            write_atomic(self.table, verdicts_csv(self.verdicts))
        if self.page:
            write_atomic(self.page, class_page(self.verdicts, self.folder / REPORTS, self.told, self.marks))
        self.next = monotonic() + SHARE * (monotonic() - began)

    def add_beside_page(self, verdict: BundleVerdict) -> None:
        reports = self.folder / REPORTS
        if path := self.bundles.get(verdict.bundle):
            extract_reports(path, report_folder(verdict, reports), verdict.bundle)
        for row in self.marks:
            if row["bundle"] == verdict.bundle and is_marked(row):
                write_atomic(self.folder / FEEDBACK / f"{stem(verdict)}.html", feedback_page(verdict, row))
                self.n_feedback += 1

    def written(self) -> list[str]:
        """What there is now, a line each."""
        lines = [str(path) for path in (self.page, self.table) if path]
        if self.n_feedback:
            lines.append(f"{self.folder / FEEDBACK} ({self.n_feedback} files, by {MARKS})")
        return lines
