"""`submit`: check a report, and write the zip and the PDF that are handed in."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ..build.build import build_lab
from ..build.freshness import sha256
from ..build.terminal import Terminal
from ..hand_in.page_map import PageMap
from ..project.labs import load_lab
from ..project.project import Project
from ..project.variables import AUTHOR, STUDENT_ID
from .report import DEFAULT_LAB, authors_of


def add(command: argparse.ArgumentParser) -> None:
    command.add_argument("lab", nargs="?", default=DEFAULT_LAB, help=f"lab (default {DEFAULT_LAB})")
    command.add_argument("--author", default="", help="name, if not the lab file's (or environment LABKIT_AUTHOR)")
    command.add_argument("--student-id", default="", help="number, if not the lab file's (or LABKIT_STUDENT_ID)")
    command.add_argument("--authors", type=Path, metavar="CSV", help="hand in for each: columns author and student_id")
    command.add_argument("--force-answers", action="store_true", help="hand in answers that are empty, or as delivered")
    command.add_argument("--pages", action="store_true", help="show the first page of every section, not of chapters")


def run(options: argparse.Namespace) -> int:
    """Check a built lab, and write what is handed in, its title block first if only that is missing.

    Exit code 1, and nothing handed in, if something must be mended.
    """
    # what reads pages and notebooks is imported here: the other commands need none of it
    from ..hand_in.submission import Work, write
    from ..hand_in.submission_checks import megabytes, ready_to_hand_in

    project = Project(options.root.resolve())
    if authors := authors_of(options):
        from ..authors.side_by_side import Task, make_for_each

        load_lab(project, options.lab)
        task = Task(str(project.root), options.lab, submit=True, force_answers=options.force_answers)
        return make_for_each(project, task, authors, Terminal(sys.stdout))
    author = options.author or os.environ.get(AUTHOR, "")
    student_id = options.student_id or os.environ.get(STUDENT_ID, "")
    given = (project, load_lab(project, options.lab), author, student_id, options.force_answers)
    work = Work(*given)
    if work.lacks_only_its_title:  # no code runs for it
        build_lab(project, work.request, Terminal(sys.stdout))
        work = Work(*given)
    found, submission = ready_to_hand_in(work)
    for finding in found:
        print(f"{'note' if finding.is_note else 'error'}: {finding.problem}", file=sys.stderr)
        if finding.mend:
            print(f"  how to mend it: {finding.mend}", file=sys.stderr)
    if submission is None:
        n_errors = sum(not finding.is_note for finding in found)
        n_errors = f"{n_errors} {'thing' if n_errors == 1 else 'things'}"
        print(f"\n{work.lab.name}: {n_errors} to mend, then `make submit` again. Nothing was written.", file=sys.stderr)
        return 1
    write(submission)
    print(f"Ready to hand in, by {work.meta['author']} ({work.meta['student_id']}):\n")
    for path, content in submission.files.items():
        print(f"  {project.short(path)}   {megabytes(len(content))}\n    SHA-256 {sha256(content)}")
    print(f"\nIn the zip: {', '.join(inventory(submission.entries, submission.n_runs))}.")
    print("\n".join(["", *page_lines(submission.page_map, options.pages)]))
    return 0


def inventory(names: Iterable[str], n_runs: int) -> list[str]:
    """What is in the zip, in words."""
    folders = Counter(name.partition("/")[0] for name in names if "/" in name)
    counted = [
        f"the source in {folders['source']} files",
        f"{folders['executed']} notebooks as they ran",
        f"{folders['tables']} tables",
        f"{n_runs:,} runs",
    ]
    return [*sorted(name for name in names if "/" not in name), *counted]


def page_lines(page_map: PageMap, every: bool) -> list[str]:
    """The pages of the report, and on which of them its chapters begin, or every section."""
    lines = [f"The report has {page_map.n_pages} pages. Sections begin on page"]
    for section in page_map.sections:
        if every or "." not in section.number:
            lines.append(f"{section.page:5}  {'  ' * section.number.count('.')}{section.number} {section.title}")
    return lines
