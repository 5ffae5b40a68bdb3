"""The process that makes what authors are to have. `python -m labreport.authors.worker` reads a line of JSON that says
what is asked, then one for each author, and answers each with a line.

It ends when there are no more lines, and so when the process ends that asked.
"""

import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from labkit.errors import LabError

from ..build.build import Builder
from ..build.due import COMBINED
from ..build.freshness import sha256
from ..build.request import Request
from ..build.terminal import Terminal
from ..hand_in import origin
from ..hand_in.submission import Work
from ..hand_in.submission_checks import ready_to_hand_in
from ..project.labs import Lab, load_lab
from ..project.project import Project

MADE, CURRENT = "made", "up to date"
SUBMISSION_STEP = "submission"


@dataclass(frozen=True)
class Task:
    """What is asked for each author of a lab: its report, with what `lab report` takes, or its submission."""

    root: str
    lab: str
    notebooks: Sequence[str] = ()
    profile: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    submit: bool = False
    force_answers: bool = False


@dataclass
class Answer:
    """What there is of an author, MADE or CURRENT, an empty text if nothing; `errors` and `notes` say what to mend."""

    state: str = ""
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make_report(project: Project, lab: Lab, task: Task, title: Mapping[str, str]) -> Answer:
    """The report, where it is not up to date. An error is what is wrong with it alone, and not with the lab's own."""
    request = Request(lab, task.notebooks, task.profile, task.parameters, **title, in_class=True)
    builder = Builder(project, request, Terminal(io.StringIO()))
    builder.combined()
    record = builder.due.report_record
    if COMBINED not in record.steps:
        raise LabError("there is no report, as some notebooks of the lab were never run")
    of_the_lab = builder.record.doubts([COMBINED])
    errors = [doubt for doubt in record.doubts([COMBINED]) if doubt not in of_the_lab]
    return Answer(MADE if builder.outcome.built else CURRENT, errors)


def make_submission(project: Project, lab: Lab, task: Task, title: Mapping[str, str]) -> Answer:
    """The zip and PDF to hand in, after the report, if that can be made without running a notebook."""
    given = (project, lab, title["author"], title["student_id"], task.force_answers, True)
    work = Work(*given)
    if work.lacks_only_its_title:
        Builder(project, work.request, Terminal(io.StringIO())).combined()
        work = Work(*given)
    made_from = {"all that is handed in": state_of(work)}
    if not any(work.due.values()) and not work.report_record.why(SUBMISSION_STEP, made_from):
        return Answer(CURRENT)
    found, submission = ready_to_hand_in(work)
    told = [
        [f"{one.problem}\n  how to mend it: {one.mend}" for one in found if one.is_note is note]
        for note in (False, True)
    ]
    if submission:
        files = {path.name: content for path, content in submission.files.items()}
        work.report_record.done(SUBMISSION_STEP, made_from, files)
    return Answer(MADE if submission else "", *told)


def state_of(work: Work) -> str:
    """A hash of all that decides the bytes of a submission, and whether it may be handed in."""
    built = {name: work.noted.get(path, "") for name, path in work.built.items()}
    sources = {name: sha256(path.read_bytes()) for name, path in work.sources.items()}
    made = [origin.library(), origin.versions(), origin.commit(work.project.root), work.meta, work.force_answers]
    return sha256(json.dumps([built, sources, *made], sort_keys=True))


def answered(make: Callable[[], Answer]) -> Answer:
    """What `make` gives; whatever it raises is an error of this author alone."""
    try:
        return make()
    except LabError as error:
        return Answer(errors=[str(error)])
    except Exception as error:  # a fault of ours must not stop the others
        return Answer(errors=[f"it cannot be made: {type(error).__name__}: {str(error)[:200]}"])


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # where a library prints, it is no answer
    task = Task(**json.loads(sys.stdin.readline()))
    project = Project(Path(task.root))
    lab, make = load_lab(project, task.lab), make_submission if task.submit else make_report
    for line in sys.stdin:
        title = json.loads(line)
        made = answered(lambda title=title: make(project, lab, task, title))
        print(json.dumps(asdict(made)), file=answers, flush=True)


if __name__ == "__main__":
    main()
