"""Matrices without brackets and rules between rows and columns, which pandoc leaves out: marked before, drawn after."""

import re
from dataclasses import dataclass, field

from .tokens import Token, argument, tex_of, tokens_of

ARRAYS = {"array", "matrix", "smallmatrix"}
MARK = re.compile(r"⟦(\d+)⟧")
IN_TYPST = re.compile(r'mat\(delim: "\{", upright\("⟦(\d+)⟧"\) ?(?=(.))')
PLAIN = re.compile(r"\\begin\{array\}\{[lcr]*\}")


@dataclass
class Array:
    """The letters of the columns, and before which column and row a rule stands; the first is 0."""

    columns: str = ""
    vertical: set[int] = field(default_factory=set)
    horizontal: set[int] = field(default_factory=set)
    n_rows: int = 1


def marked_arrays(tex: str, for_typst: bool) -> tuple[str, list[Array]]:
    """The formula with the number of each array in its first cell, and what pandoc does not say of them.

    For Typst, all become matrices in braces, which are taken away again; but an array that is the whole formula may
    align its columns.
    """
    whole = PLAIN.match(tex) and tex.endswith(r"\end{array}") and tex.count(r"\begin{array}") == 1
    if (for_typst and whole and r"\hline" not in tex) or not re.search(r"\\begin\{(array|(small)?matrix)\}", tex):
        return tex, []
    arrays: list[Array] = []
    try:
        return tex_of(mark(tokens_of(tex), arrays, for_typst)), arrays
    except ValueError:
        return tex, []


def mark(tokens: list[Token], arrays: list[Array], for_typst: bool) -> list[Token]:
    out: list[Token] = []
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        if isinstance(token, list):
            out.append(mark(token, arrays, for_typst))
        elif token == r"\begin" and rest and isinstance(rest[0], list) and tex_of(rest[0]) in ARRAYS:
            name = rest.pop(0)
            content = up_to_end(rest)
            array = Array()
            arrays.append(array)
            columns = argument(content) if tex_of(name) == "array" else []
            read_columns(tex_of(columns), array)
            number = [r"\text", [f"⟦{len(arrays) - 1}⟧"]]
            inner = mark(without_rules(content, array), arrays, for_typst)
            environment = [list("Bmatrix")] if for_typst else [name, *([columns] if columns else [])]
            out += [r"\begin", *environment, *number, *inner, r"\end", environment[0]]
        else:
            out.append(token)
    return out


def up_to_end(rest: list[Token]) -> list[Token]:
    """Take off the content of an environment, and the \\end of it."""
    depth = 1
    for place, token in enumerate(rest):
        depth += (token == r"\begin") - (token == r"\end")
        if not depth:
            content = rest[:place]
            del rest[: place + 2]
            return content
    raise ValueError("an environment does not end")


def read_columns(letters: str, array: Array) -> None:
    for letter in letters:
        if letter in "lcr":
            array.columns += letter
        elif letter in "|:":
            array.vertical.add(len(array.columns))


def without_rules(content: list[Token], array: Array) -> list[Token]:
    out: list[Token] = []
    depth = row = 0
    for token in content:
        depth += (token == r"\begin") - (token == r"\end")
        if token in (r"\hline", r"\hdashline") and not depth:
            array.horizontal.add(row)
            continue
        row += token == r"\\" and not depth
        out.append(token)
    array.n_rows = row + 1
    while out and (out[-1] == r"\\" or (isinstance(out[-1], str) and out[-1].isspace())):  # a last, empty row
        array.n_rows -= out.pop() == r"\\"
    return out


def drawn_in_typst(typst: str, arrays: list[Array]) -> str:
    def matrix(match: re.Match) -> str:
        array = arrays[int(match[1])]
        lines = [
            f"{name}: ({', '.join(str(i) for i in sorted(found) if 0 < i < end)},)"
            for name, found, end in (
                ("hline", array.horizontal, array.n_rows),
                ("vline", array.vertical, len(array.columns)),
            )
            if any(0 < i < end for i in found)
        ]
        augment = f"augment: #({', '.join(lines)}), " if lines else ""
        sides = {"l": "left", "r": "right"}
        side = sides.get(array.columns[:1]) if len(set(array.columns)) == 1 else None
        empty = "zws" if match[2] in ",;)" else ""
        return f"mat(delim: #none, {f'align: #{side}, ' if side else ''}{augment}{empty}"

    return IN_TYPST.sub(matrix, typst)


def drawn_in_mathml(element: str, arrays: list[Array]) -> str:
    if not arrays:
        return element
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(element, "html.parser")
    for text in soup.find_all("mtext"):
        if not (match := MARK.fullmatch(text.get_text())):
            continue
        array = arrays[int(match[1])]
        rows = text.find_parent("mtable").find_all("mtr", recursive=False)
        text.decompose()
        grid = [row.find_all("mtd", recursive=False) for row in rows]
        for r, row in enumerate(grid):
            for c, cell in enumerate(row):
                sides = [("top", r in array.horizontal), ("left", c in array.vertical)]
                sides += [("bottom", r + 1 == len(grid) == max(array.horizontal, default=0))]
                sides += [("right", c + 1 == len(row) == max(array.vertical, default=0))]
                borders = ";".join(f"border-{side}:1px solid" for side, drawn in sides if drawn)
                if borders:
                    cell["style"] = ";".join(filter(None, [cell.get("style"), borders]))
    return str(soup)
