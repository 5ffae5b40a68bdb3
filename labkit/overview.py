"""How an object shows itself as the last line of a cell: a few lines and small tables, as text and as HTML."""

from html import escape
from itertools import groupby

import pandas as pd

from .plain_tables import to_html, to_text


class Overview:
    """A class that has `overview` shows itself by it: no address, no dump of arrays, the same bytes every time."""

    def overview(self) -> list[str | pd.DataFrame]:
        """Lines, and tables of texts with row headers as their index."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return "\n".join(part if isinstance(part, str) else to_text(part) for part in self.overview())

    def _repr_html_(self) -> str:
        shown = []
        for kind, group in groupby(self.overview(), key=type):
            parts = list(group)
            shown.append(f"<p>{'<br>'.join(map(escape, parts))}</p>" if kind is str else "".join(map(to_html, parts)))
        return "".join(shown)
