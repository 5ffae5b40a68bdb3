"""Tables as plain HTML and as text: the same for the same frame, and nothing in it that needs a style sheet."""

from html import escape
from itertools import groupby

import pandas as pd


def to_html(texts: pd.DataFrame) -> str:
    """A plain <table>: the index as row headers, equal outer neighbors merged."""
    head = "".join(head_row(texts, level) for level in range(texts.columns.nlevels))
    keys = [key if isinstance(key, tuple) else (key,) for key in texts.index]
    body = ""
    for i, values in enumerate(texts.to_numpy()):
        cells = "".join(f"<td>{escape(str(value))}</td>" for value in values)
        body += f"<tr>{row_headers(keys, i)}{cells}</tr>"
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def head_row(texts: pd.DataFrame, level: int) -> str:
    """One level of the columns' names; the names of the index stand in the last."""
    last = level == texts.columns.nlevels - 1
    cells = [f"<th>{escape(str(name or '')) if last else ''}</th>" for name in texts.index.names]
    for _, group in groupby(texts.columns, key=lambda c: c[: level + 1] if isinstance(c, tuple) else id(c)):
        group = list(group)
        text = group[0][level] if isinstance(group[0], tuple) else group[0]
        cells.append(f"<th{span('col', len(group))}>{escape(str(text))}</th>")
    return f"<tr>{''.join(cells)}</tr>"


def row_headers(keys: list[tuple], i: int) -> str:
    """The names of row i. An outer one stands once for all rows that share it; the innermost names every row."""
    *outer, name = keys[i]
    cells = []
    for level, text in enumerate(outer, 1):
        shared = keys[i][:level]
        if i == 0 or keys[i - 1][:level] != shared:
            n_rows = [*(key[:level] == shared for key in keys[i:]), False].index(False)
            cells.append(f"<th{span('row', n_rows)}>{escape(str(text))}</th>")
    return "".join([*cells, f"<th>{escape(str(name))}</th>"])


def span(direction: str, n: int) -> str:
    return f' {direction}span="{n}"' if n > 1 else ""


def to_text(texts: pd.DataFrame) -> str:
    """The table for a screen without a browser, the names of the row headers in the line of the columns' names."""
    names = list(map(str, texts.index.names))
    above = [None] * (texts.columns.nlevels - 1)
    named = texts.rename_axis(index=[None] * len(names)).rename_axis(columns=[*above, "  ".join(names)])
    return named.to_string(sparsify=False)
