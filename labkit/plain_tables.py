"""Tables as plain HTML and as text: the same for the same frame, and nothing in it that needs a style sheet."""

from html import escape
from itertools import groupby

import pandas as pd

BEST = "★"


def to_html(texts: pd.DataFrame, best: int | None = None) -> str:
    """A plain <table>: the index as row headers, equal outer neighbors merged, a class and a star on row `best`."""
    head = []
    for level in range(texts.columns.nlevels):
        last = level == texts.columns.nlevels - 1
        cells = [f"<th>{escape(str(name or '')) if last else ''}</th>" for name in texts.index.names]
        for _, group in groupby(texts.columns, key=lambda c: c[: level + 1] if isinstance(c, tuple) else id(c)):
            group = list(group)
            text = group[0][level] if isinstance(group[0], tuple) else group[0]
            cells.append(f"<th{span('col', len(group))}>{escape(str(text))}</th>")
        head.append(f"<tr>{''.join(cells)}</tr>")
    rows = []
    keys = [key if isinstance(key, tuple) else (key,) for key in texts.index]
    for i, (key, values) in enumerate(zip(keys, texts.to_numpy(), strict=True)):
        cells = []
        for level, text in enumerate(key):
            prefixes = [k[: level + 1] for k in keys]
            innermost = level == len(key) - 1  # names every row, even where two names are equal
            if innermost and i == best and BEST not in str(text):
                text = f"{text} {BEST}"
            if innermost or i == 0 or prefixes[i] != prefixes[i - 1]:
                same = (
                    1
                    if innermost
                    else next((k for k in range(i, len(keys)) if prefixes[k] != prefixes[i]), len(keys)) - i
                )
                cells.append(f"<th{span('row', same)}>{escape(str(text))}</th>")
        cells += [f"<td>{escape(str(value))}</td>" for value in values]
        mark = ' class="best"' if i == best else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    return f"<table><thead>{''.join(head)}</thead><tbody>{''.join(rows)}</tbody></table>"


def span(direction: str, n: int) -> str:
    return f' {direction}span="{n}"' if n > 1 else ""


def to_text(texts: pd.DataFrame) -> str:
    """The table for a screen without a browser: row headers at the left, everything else flush right."""
    rows = [[*map(str, texts.index.names), *map(str, texts.columns)]]
    for key, values in zip(texts.index, texts.to_numpy(), strict=True):
        rows.append([*map(str, key if isinstance(key, tuple) else (key,)), *map(str, values)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    n_left = texts.index.nlevels
    lines = []
    for row in rows:
        cells = [f"{t:<{w}}" if i < n_left else f"{t:>{w}}" for i, (t, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
