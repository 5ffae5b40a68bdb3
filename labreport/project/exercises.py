"""Exercises in a notebook: the marks around what students write themselves, and what stands there before they have.

A solution in code lies between `### BEGIN SOLUTION` and `### END SOLUTION`. In its place students get what stands
behind `# STUB:` inside, a line each, or one line that says so. An answer in words begins with `<!-- model answer -->`.
"""

from collections.abc import Iterator

from labkit.errors import LabError

BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "# STUB:"
MODEL_ANSWER = "<!-- model answer -->"
NO_LINES = "...  # your lines"
NO_WORDS = "_Write your answer here._"
UNSOLVED = "the exercise is not solved"  # what a build says of it


def has_solution(source: str) -> bool:
    """Whether the code has a solution in it that came with the notebook."""
    return any(line.strip() == BEGIN for line in source.splitlines())


def without_marks(source: str) -> str:
    """Code as a reader sees it: solutions without the marks around them."""
    return "".join(line for line in source.splitlines(keepends=True) if not is_mark(line))


def is_mark(line: str) -> bool:
    return line.strip() in (BEGIN, END) or line.strip().startswith(STUB)


def without_solutions(source: str, where: str) -> str:
    """The code of the cell `where` as students get it. Raise LabError for marks that do not go together."""
    return "\n".join(student_lines(source.splitlines(), where))


def student_lines(lines: list[str], where: str) -> Iterator[str]:
    stubs: list[str] | None = None  # of the solution that the line is in
    margin = ""
    for line in lines:
        text = line.strip()
        if text == BEGIN:
            if stubs is not None:
                raise LabError(f"{where}: a second {BEGIN!r} stands before the {END!r} of the first")
            stubs, margin = [], line[: len(line) - len(line.lstrip())]
        elif text == END:
            if stubs is None:
                raise LabError(f"{where}: there is no {BEGIN!r} before {END!r}")
            yield from [margin + stub for stub in stubs or [NO_LINES]]
            stubs = None
        elif stubs is None:
            yield line
        elif text.startswith(STUB):
            stubs.append(text.removeprefix(STUB).removeprefix(" "))
    if stubs is not None:
        raise LabError(f"{where}: there is no {END!r} after {BEGIN!r}")
