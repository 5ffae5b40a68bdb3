"""Where TeX stands in a text: the rules of JupyterLab's `removeMath`, and of MathJax's `FindTeX`, which it calls next.

The first keeps formulas away from Markdown: a bar in one ends no cell of a table, an underscore begins no emphasis. The
second looks at the text of the finished page. Both are needed: only together they read what JupyterLab reads.
"""

import re
from collections.abc import Iterator

Formula = tuple[bool, str]  # (on a line of its own, TeX)

FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,})[^`\n]*\n([\s\S]*?)^(?P=fence)`*$", re.M)
CODE_SPAN = re.compile(r"(^|[^\\])(`++)([^\n]*?[^`\n])\2(?!`)", re.M)
HIDDEN = "\ue000"  # for a dollar in code
MARK = re.compile(r"\$\$?|\\(?:begin|end)\{[a-z]*\*?\}|\\[{}$]|[{}]|(?:\n\s*)+|@@\d+@@|\\\\[()\[\]]", re.I)
CLOSING = {"$": "$", "$$": "$$", r"\\(": r"\\)", r"\\[": r"\\]"}

START = re.compile(r"\$\$|\$|\\\(|\\\[|\\begin\s*\{(?P<environment>[^}]*)\}|\\(?P<escaped>[\\$])")
ENDS = {"$$": ("$$", True), "$": ("$", False), r"\(": (r"\)", False), r"\[": (r"\]", True)}


def taken_out(markdown: str) -> Iterator[tuple[int, int]]:
    """Where each formula begins and ends; also an escaped dollar, and what looks like the mark of a formula."""
    text = CODE_SPAN.sub(hide, FENCED.sub(hide, markdown))
    marks = list(MARK.finditer(text))
    first = last = None  # marks that begin a formula, and that may end it if its braces do not match
    end, braces, i = "", 0, -1
    while (i := i + 1) < len(marks):
        mark = marks[i][0]
        if first is None:
            if mark.startswith("@") or mark == r"\$":
                yield marks[i].span()
            elif mark in CLOSING or mark.startswith(r"\begin"):
                first, last, braces = i, None, 0
                end = CLOSING.get(mark) or r"\end" + mark.removeprefix(r"\begin")
        elif mark == end and not braces:
            yield marks[first].start(), marks[i].end()
            first = None
        elif mark == end:
            last = i
        elif re.search(r"\n.*\n", mark):  # a blank line ends what is no formula after all
            if last is not None:
                yield marks[first].start(), marks[last].end()
                i = last
            first = None
        else:
            braces = max(braces + {"{": 1, "}": -1}.get(mark, 0), 0)
    if first is not None and last is not None:
        yield marks[first].start(), marks[last].end()


def hide(code: re.Match) -> str:
    return code[0].replace("$", HIDDEN)


def as_mathjax_reads(taken: str) -> str:
    """What was taken out, as it stands on the page: `\\\\(` has lost a backslash."""
    match = re.fullmatch(r"\\\\([(\[])(.*)\\\\([)\]])", taken, re.S)
    return f"\\{match[1]}{match[2]}\\{match[3]}" if match else taken


def formulas_in(text: str) -> Iterator[str | Formula]:
    """The formulas of a text without Markdown, and the text between them."""
    done = place = 0
    while start := START.search(text, place):
        found = read_from(text, start)
        place = found[0] if found else start.end()
        if found:
            yield text[done : start.start()]
            yield found[1]
            done = place
    yield text[done:]


def read_from(text: str, start: re.Match) -> tuple[int, str | Formula] | None:
    """Where what starts here ends, and what it is: a formula, or a sign that was escaped."""
    name = start["environment"]
    if start["escaped"]:
        return start.end(), start["escaped"]
    closing, display = ENDS.get(start[0]) or ("", True)
    end = end_of(text, start.end(), closing, name)
    if not end:
        return None
    return end[1], (display, text[start.end() : end[0]] if name is None else text[start.start() : end[1]])


def end_of(text: str, place: int, closing: str, environment: str | None) -> tuple[int, int] | None:
    """Where what closes a formula, outside of its braces, begins and ends."""
    wanted = re.escape(closing) if environment is None else r"\\end\s*\{" + re.escape(environment) + r"\}"
    depth = 0
    for match in re.compile(rf"(?P<closing>{wanted})|\\(?:[a-zA-Z]|.)|[{{}}]").finditer(text, place):
        if match["closing"] and not depth:
            return match.span()
        if match[0] == "{":
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
    return None
