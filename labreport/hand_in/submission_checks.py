"""What must be right before a report is handed in. Each check says all that it finds, and how to mend it."""

import re
from collections.abc import Iterator

from labkit.errors import LabError
from labkit.training.config import RunConfig

from ..build.due import COMBINED
from ..build.request import Request, resolve_parameters
from ..page.document import Chapter, ReportMeta
from ..page.pdf.glyphs import NO_GLYPH
from ..page.pictures.picture import LEFT_OUT
from ..page.reading import ChapterReader
from ..project.exercises import MODEL_ANSWER, UNSOLVED, has_solution
from ..project.notebook_file import in_shape
from ..project.texts import joined, listed
from . import bundle
from .page_map import section_numbers
from .submission import (
    MAX_NAME,
    Issue,
    Submission,
    Work,
    is_author,
    is_number,
    is_placeholder,
    issues,
    put_together,
)

NO_ANSWER = re.compile(r"\W*(todo|tbd|(write )?your answer( here)?|your own words|答案|待補)?\W*", re.IGNORECASE)
MENTIONS = re.compile(r"diverg|發散|发散|\bnan\b|not finite", re.IGNORECASE)
ENTRY = re.compile(r'[^\\:*?"<>|\x00-\x1f\x7f]+')  # a name that every system can unpack


def author_is_filled_in(work: Work) -> Iterator[Issue]:
    author = work.meta["author"]
    if is_placeholder(author):
        yield Issue("the author is not filled in", fill_in(work, "name", 'AUTHOR="…"'))
    elif not is_author(author):
        problem = f"the author is no name in one line of up to {MAX_NAME} characters: {author!a:.80}"
        yield Issue(problem, fill_in(work, "name", 'AUTHOR="…"'))


def number_is_filled_in(work: Work) -> Iterator[Issue]:
    number = work.meta["student_id"]
    if is_placeholder(number):
        yield Issue("the student number is not filled in", fill_in(work, "student_id", "STUDENT_ID=…"))
    elif not is_number(number):
        problem = f"the student number may have up to 40 letters a to z, digits, - and _; got {number!a:.80}"
        yield Issue(problem, fill_in(work, "student_id", "STUDENT_ID=…"))
    elif work.name in {notebook.name for notebook in work.lab.notebooks}:
        problem = f"{work.name} is the name of the zip, and of a notebook of the lab"
        yield Issue(problem, "rename the notebook, and run " + work.rebuild)


def fill_in(work: Work, key: str, variable: str) -> str:
    return f"write it as `{key}` into [author] of {work.lab.file}, or give it as {variable}, and run {work.rebuild}"


def no_notebook_failed(work: Work) -> Iterator[Issue]:
    """What failed once and was then put back as it was has nothing left to mend."""
    for notebook in work.lab.notebooks:
        path = work.folder / "failed" / f"{notebook.name}.ipynb"
        if path.exists() and work.due[notebook.name]:
            problem = f"{notebook.name} failed when it was last run: {work.project.short(path)}"
            yield Issue(problem, f"mend the cell that it ends with, and run {work.rebuild}")


def report_is_newer_than_its_sources(work: Work) -> Iterator[Issue]:
    """Whatever a build would do is left to do. Content counts, not the time of a file."""
    if not all((work.report_folder / name).is_file() for name in bundle.REPORT):
        yield Issue(f"there is no report in {work.project.short(work.report_folder)}", f"run {work.rebuild}")
        return
    said = ("parameter ", "author ", "student id ")  # elsewhere
    if any(parameters_are_the_labs_own(work)):
        said += ("command ",)
    due = {name: [reason for reason in reasons if not reason.startswith(said)] for name, reasons in work.due.items()}
    if any(work.due[notebook.name] for notebook in work.lab.notebooks):
        due.pop(COMBINED)  # it only follows
    lines = [f"  {name}: {listed(reasons, 3)}" for name, reasons in due.items() if reasons]
    if lines:
        yield Issue("\n".join(["the report is older than what it is made from", *lines]), f"run {work.rebuild}")


def parameters_are_the_labs_own(work: Work) -> Iterator[Issue]:
    values = resolve_parameters(Request(work.lab))
    for notebook in work.lab.notebooks:
        step = work.record.steps.get(f"run {notebook.name}")
        inputs = step["inputs"] if step else {}
        wrong = []
        for key, parameter in notebook.schema.items():
            own = repr(values[notebook.name].get(key, parameter.default))
            built = inputs.get(f"parameter {key}", repr(parameter.default))
            if step and built != own:
                wrong.append(f"{key} = {built} instead of {own}")
        if wrong:
            yield Issue(
                f"{notebook.name} was built with other parameters: {listed(wrong, 3)}",
                f"run {work.rebuild}, without PROFILE or -p; to keep such a value, write it into {work.lab.file} first",
            )


def answers_are_written(work: Work) -> Iterator[Issue]:
    """Answers in words, and exercises in code: none empty, none as it came."""
    empty, delivered = [], []
    for notebook in work.lab.notebooks:
        for number, cell in enumerate(notebook.content["cells"], 1):
            source = joined(cell["source"])
            is_answer = "answer" in cell.get("metadata", {}).get("tags", [])
            if has_solution(source) if cell["cell_type"] == "code" else is_answer and MODEL_ANSWER in source:
                delivered.append(f"{notebook.name}, cell {number}")
            elif is_answer and NO_ANSWER.fullmatch(re.sub("<!--.*?-->|_", "", source, flags=re.DOTALL)):
                empty.append(f"{notebook.name}, cell {number}")
    unsolved = [doubt for doubt in work.report_record.doubts([COMBINED]) if UNSOLVED in doubt]
    for problem, places, mend in (
        ("these answers are empty", empty, "write them in your own words"),
        ("these exercises are not solved", unsolved, "write the lines that are asked for"),
        (
            "these answers are those that came with the lab",
            delivered,
            "write your own in place of each, also of its mark, the first line or those around the solution",
        ),
    ):
        if places:
            found = "\n".join([problem, *(f"  {place}" for place in places)])
            remedy = f"{mend}, and run {work.rebuild}; `lab submit --force-answers` hands them in as they are"
            yield Issue(found, remedy, is_note=work.force_answers)


def runs_can_be_read(work: Work) -> Iterator[Issue]:
    try:
        n_runs = 0
        for name, runs in work.runs.items():
            for number, run in enumerate(runs, 1):
                n_runs += 1
                try:
                    RunConfig(**run["config"])
                except (LabError, TypeError) as error:
                    raise LabError(f"runs/{name}.jsonl, line {number}: {error}") from None
    except (LabError, OSError) as error:
        yield Issue(f"the recorded runs cannot be read: {error}", f"remove reports/, and run {work.rebuild}")
        return
    if work.record.steps and not n_runs:
        yield Issue("no run is recorded: there is nothing that can be trained again", is_note=True)


def diverged_runs_are_mentioned(work: Work) -> Iterator[Issue]:
    for notebook in work.lab.notebooks:
        try:
            n_diverged = sum(run["stopped"] == "diverged" for run in work.runs.get(notebook.name, []))
        except (LabError, OSError):
            return  # said elsewhere
        prose = [cell for cell in notebook.content["cells"] if cell["cell_type"] == "markdown"]
        if n_diverged and not any(map(MENTIONS.search, words_of(prose + work.executed(notebook.name)["cells"]))):
            yield Issue(
                f"{notebook.name}: {n_diverged} of its runs diverged, and it does not say so",
                f'write what became of them (a word such as "diverged"), and run {work.rebuild}',
            )


def words_of(cells: list[dict]) -> Iterator[str]:
    """What a reader of these cells sees in words: prose, outputs and captions, not code."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            yield joined(cell["source"])
        for output in cell.get("outputs", []):
            yield joined(output.get("text", ""))
            yield str(output.get("metadata", {}).get("report", ""))
            for kind, content in output.get("data", {}).items():
                if kind.startswith("text/"):
                    yield re.sub("<[^>]*>", " ", joined(content))


def outputs_are_shown(work: Work) -> Iterator[Issue]:
    for notebook in work.lab.notebooks:
        chapter = Chapter(notebook.name, in_shape(work.executed(notebook.name)), notebook.path.parent)
        reader = ChapterReader(0, chapter, ReportMeta(**work.meta))
        try:
            reader.section()
        except LabError:
            continue  # there is no report of it, which is said elsewhere
        for sentence in reader.uncaptioned:
            yield Issue(sentence, f"write it in {work.project.short(notebook.path)}, and run {work.rebuild}")
        for sentence in reader.not_shown:
            mend = f"show it as a picture or a text in {work.project.short(notebook.path)}, if a reader needs it"
            yield Issue(sentence, mend, is_note=True)


def pictures_are_there(work: Work) -> Iterator[Issue]:
    """Whoever checks what was handed in makes the report again, and has only what lies beside the notebooks."""
    for doubt in work.report_record.doubts([COMBINED]):
        if LEFT_OUT in doubt:
            yield Issue(doubt, f"put it beside the notebook, or take it out of the text, and run {work.rebuild}")
    beside = set(map(work.project.short, work.project.beside()))
    for name in work.report_record.read(COMBINED):
        if name not in beside and (work.project.root / name).is_file():
            mend = f"move it into {work.project.short(work.project.notebooks)}, and run {work.rebuild}"
            yield Issue(f"the report shows {name}, which is not handed in", mend)


def pdf_has_its_pages(work: Work) -> Iterator[Issue]:
    if not all((work.report_folder / name).is_file() for name in bundle.REPORT):
        return
    try:
        there = {section.number for section in work.page_map.sections}
    except LabError as error:
        yield Issue(f"{COMBINED}.pdf: {error}", f"run {work.rebuild}")
        return
    wanted = section_numbers((work.report_folder / f"{COMBINED}.html").read_text(encoding="utf-8"))
    if missing := wanted - there:
        problem = f"{COMBINED}.pdf lacks {len(missing)} of the {len(wanted)} sections of {COMBINED}.html"
        yield Issue(problem, f"run {work.rebuild}")


def pdf_shows_every_character(work: Work) -> Iterator[Issue]:
    for doubt in work.report_record.doubts([COMBINED]):
        if NO_GLYPH in doubt:
            yield Issue(doubt, f"write it in other words, or as a picture, and run {work.rebuild}")


def names_and_sizes_fit(work: Work) -> Iterator[Issue]:
    paths = work.built | work.sources
    for name, path in paths.items():
        if not ENTRY.fullmatch(name):
            yield Issue(f"{work.project.short(path)!r} has a name that not every system can unpack", "rename it")
    sizes = {name: path.stat().st_size for name, path in paths.items() if path.is_file()}
    if sum(sizes.values()) > bundle.MAX_CONTENT:
        yield too_large("the files together", sum(sizes.values()), bundle.MAX_CONTENT, sizes)


def too_large(what: str, size: int, limit: int, sizes: dict[str, int]) -> Issue:
    """A finding that names the largest files."""
    largest = sorted(sizes, key=sizes.get, reverse=True)[:3]
    names = ", ".join(f"{name} ({megabytes(sizes[name])})" for name in largest)
    problem = f"{what} would be {megabytes(size)}, more than {megabytes(limit)}"
    return Issue(problem, f"move what the report does not need out of notebooks/; the largest are {names}")


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def no_older_submission(work: Work) -> Iterator[Issue]:
    names = sorted(path.name for path in work.report_folder.glob(f"*_{work.lab.name}.zip"))
    if others := [name for name in names if name != f"{work.name}.zip"]:
        yield Issue(f"{work.project.short(work.report_folder)} also holds {', '.join(others)}", is_note=True)


CHECKS = (
    author_is_filled_in,
    number_is_filled_in,
    no_notebook_failed,
    report_is_newer_than_its_sources,
    parameters_are_the_labs_own,
    answers_are_written,
    runs_can_be_read,
    diverged_runs_are_mentioned,
    outputs_are_shown,
    pictures_are_there,
    pdf_has_its_pages,
    pdf_shows_every_character,
    names_and_sizes_fit,
    no_older_submission,
)


def ready_to_hand_in(work: Work) -> tuple[list[Issue], Submission | None]:
    """All that is found, errors first, and what is handed in where there are none."""
    found = issues(work, CHECKS)
    if not all(finding.is_note for finding in found):
        return found, None
    submission = put_together(work)
    sizes = {name: len(content) for name, content in submission.entries.items()}
    large = [
        too_large(work.project.short(path), len(content), bundle.MAX_ZIP, sizes)
        for path, content in submission.files.items()
        if len(content) > bundle.MAX_ZIP
    ]
    return [*large, *found], None if large else submission
