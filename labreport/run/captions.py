"""The words in cells of code that can be edited without running them: captions, descriptions, and sentences.

`figures.NAME(…, caption="…")`, `tables.NAME(…, caption="…", label="…")` and `say("…")`, each a statement of its own in
a cell, only hand these texts on to the output. What is computed inside such a text, as in f"{n} runs", is code; the
words around it are not: they are found in the output, and replaced there.
"""

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.display import held

from ..project.python_code import syntax_tree

SHOWING = {"figures": ("caption", "alt"), "tables": ("caption",), "say": ("text", "answers")}
KINDS = {"figures": ("figure",), "tables": ("table",), "say": ("sentence", "finding")}
PLACES = {"alt": "alt", "answers": "question"}  # where the output has a text that stands there as it is
MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)

Output = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A text of a call: `role` is its argument, `words` stand around what is computed, one more than the `values`."""

    role: str
    words: tuple[str, ...]
    values: tuple[str, ...]
    start: int  # its place in the source, in bytes
    end: int

    def filled(self, values: Sequence[str]) -> str:
        return "".join(piece for pair in zip(self.words, [*values, ""], strict=True) for piece in pair)


@dataclass(frozen=True)
class Showing:
    """A call that shows something: what does (a key of SHOWING), and its texts by role."""

    what: str
    texts: Mapping[str, Text]


def without_words(sources: Sequence[str]) -> list[str]:
    """The cells of code of a notebook without the words that are none."""
    names = names_of_labkit(sources)
    cut = []
    for source in sources:
        code = source.encode()
        texts = [text for call in showings(source) if call.what in names for text in call.texts.values()]
        for text in sorted(texts, key=lambda text: text.start, reverse=True):
            marked = "\0".join([text.role, *text.values, "\0"])
            code = code[: text.start] + marked.encode() + code[text.end :]
        cut.append(code.decode())
    return cut


def names_of_labkit(sources: Sequence[str]) -> set[str]:
    """Which of `figures`, `tables` and `say` are labkit's in a notebook, and are never made anything else."""
    imported, bound = set(), set()
    for source in sources:
        if (tree := syntax_of(source)) is None:
            return set()
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module="labkit", level=0):
                    imported |= {alias.name for alias in node.names if not alias.asname}
                    bound |= {alias.asname for alias in node.names} | ({*SHOWING} if "*" in imported else set())
                case ast.Import() | ast.ImportFrom():
                    names = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
                    bound |= {*SHOWING} if "*" in names else names
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                    bound.add(name)
                case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                    bound.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    bound.add(name)
                case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                    bound.add(name)
    return {name for name in SHOWING if name in imported - bound}


def syntax_of(source: str) -> ast.Module | None:
    """The cell as Python reads it without its magics, nothing for a cell in another language; None for what cannot be
    read."""
    try:
        return syntax_tree(MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], []) if source.startswith("%%") else None


def showings(source: str) -> list[Showing]:
    """The calls of a cell that show something, in their order."""
    try:
        statements = syntax_tree(source).body
    except (SyntaxError, ValueError, RecursionError):
        return []
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for statement in statements:
        match statement:
            case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id="figures" | "tables" as what))) as call):
                pass
            case ast.Expr(ast.Call(func=ast.Name(id="say" as what)) as call):
                pass
            case _:
                continue
        texts = {text.role: text for text in texts_of(call, what, starts)}
        if what != "tables" or has_label(call):  # without one, a caption names a file
            found.append(Showing(what, texts))
    return found


def has_label(call: ast.Call) -> bool:
    labels = [keyword.value for keyword in call.keywords if keyword.arg == "label"]
    return any(isinstance(label, ast.Constant) and label.value for label in labels)


def texts_of(call: ast.Call, what: str, starts: Sequence[int]) -> Iterator[Text]:
    arguments = [(keyword.arg, keyword.value) for keyword in call.keywords]
    if what == "say":
        arguments += [("text", value) for value in call.args[:1]]
    for role, node in arguments:
        if role not in SHOWING[what] or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        words, values = [""], []
        for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
            if isinstance(part, ast.Constant):
                words[-1] += part.value if isinstance(part.value, str) else ""
            else:
                values.append(ast.dump(part))
                words.append("")
        if "".join(words).strip():  # no text is something else than another one
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            yield Text(role, tuple(words), tuple(values), start, end)


def reworded(before: str, now: str, outputs: list[Output]) -> list[Output] | None:
    """The outputs of a cell after an edit of words, see `without_words`; None where they cannot be found in the outputs
    for certain, or where an output may tell lines of the source."""
    if before == now:
        return outputs
    if any(output["output_type"] == "error" or output.get("name") == "stderr" for output in outputs):
        return None
    outputs = copy.deepcopy(outputs)
    for old, new in zip(showings(before), showings(now), strict=True):
        if [text.words for text in old.texts.values()] == [text.words for text in new.texts.values()]:
            continue
        places = [i for i, output in enumerate(outputs) if shown_by(output, old)]
        if len(places) != 1 or not replace_texts(outputs, places[0], old, new):
            return None
    return outputs


def report_of(output: Output) -> dict[str, Any]:
    return output.get("metadata", {}).get("report", {})


def main_text(output: Output) -> str:
    """The caption or sentence of an output, as it was given."""
    report = report_of(output)
    return report.get("missed") or report.get("caption") or output["data"].get("text/markdown", "")


def shown_by(output: Output, call: Showing) -> bool:
    if report_of(output).get("kind") not in KINDS[call.what]:
        return False
    text = call.texts.get("text") or call.texts.get("caption")
    return text is None or found_values(main_text(output), text, with_note=call.what != "say") is not None


def found_values(given: str, text: Text, with_note: bool = False) -> list[str] | None:
    """What was computed between the words of a text, and last the note that followed it; None where it is not that
    text, or where the words may stand at several places."""
    found = []
    for some in (".*?", ".*"):  # as far to the front as may be, and as far to the back
        pattern = f"({some})".join(map(re.escape, text.words)) + ("(| .*)" if with_note else "()")
        match = re.fullmatch(pattern, given, re.DOTALL)
        found.append(list(match.groups()) if match else None)
    return found[0] if found[0] == found[1] else None


def replace_texts(outputs: list[Output], place: int, old: Showing, new: Showing) -> bool:
    """Put the new texts of a call into its output, and into that of the caption behind it; False where it is not as
    labkit makes it."""
    output, report = outputs[place], report_of(outputs[place])
    holds = "missed" not in report
    for role, text in old.texts.items():
        given = report.get(PLACES[role]) if role in PLACES else main_text(output)
        noted = role == "caption"
        values = found_values(given, text, noted) if isinstance(given, str) else None
        if values is None:
            return False
        words = new.texts[role].filled(values[:-1]) + values[-1]
        if role in PLACES:
            report[PLACES[role]] = words
            if role == "alt":
                output["data"]["text/plain"] = f"Figure: {words}"
            continue
        shown = [output] if role == "text" else outputs[place + 1 : place + 2]
        for one in shown:
            if one.get("data") != dict.fromkeys(("text/markdown", "text/plain"), held(given, holds)):
                return False
            one["data"] = dict.fromkeys(one["data"], held(words, holds))
        if noted:
            report["caption"] = held(words, holds)
        if not holds:
            report["missed"] = words
    return True
