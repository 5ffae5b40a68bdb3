"""Which form of an output is shown: JupyterLab's choice among its MIME types, as far as a page can hold it."""

import re
from collections.abc import Mapping

from ..mathematics.delimiters import formulas_in
from ..pictures.picture import MIME

# JupyterLab's ranks, from the first to the last; what it does not know, it passes over
RANK = ("application/json", "text/html", "text/markdown", "text/latex", *MIME.values(), "image/", "text/plain")
# What JupyterLab or a common extension of it shows as something to act on, hear or watch.
INTERACTIVE = re.compile(
    r"application/(vnd\.(jupyter\.widget|plotly|vega|bokeh|holoviews).*|geo\+json|pdf|(x-)?javascript)"
    r"|text/(javascript|vnd\.mermaid)|(audio|video)/.*"
)
# What IPython says of an object that has no words of its own
PLACEHOLDER = re.compile(r"\s*<IPython\.[\w.]+( object)?>\s*")
ENVIRONMENT = re.compile(r"\\begin\s*\{([^}]*)\}")
MATHEMATICAL = re.compile(
    r"(?:align(?:ed|at|edat)?|equation|gather(?:ed)?|multline|eqnarray|flalign|split|subequations|CD"
    r"|d?r?cases|d?array|subarray|(?:small|[bBpvV])?matrix)\*?"
)
# HTML that needs its style sheet says by this that its text says the same, as scikit-learn's and xarray's do.
TEXT_INSTEAD = re.compile(r"class=.[^'\"]*-text-repr-fallback")
LATEX_COMMAND = re.compile(r"\\[A-Za-z]+")


def interactive_form(data: Mapping[str, str]) -> str:
    """The MIME type of an output that only a program can show, "" if there is none."""
    return next(filter(INTERACTIVE.fullmatch, data), "")


def forms_in_order(data: Mapping[str, str]) -> list[str]:
    """The MIME types of an output that a page may show, the best first.

    A picture beside an interactive form shows the same thing, as plotly and vega-altair store it: it comes first.
    """
    others = [mime for mime in data if mime.startswith("image/") and mime not in RANK]
    known = [mime for rank in RANK for mime in (others if rank == "image/" else [rank]) if mime in data]
    if interactive_form(data):
        known.sort(key=lambda mime: not mime.startswith("image/"))
    return known


def is_mathematics(latex: str) -> bool:
    """Whether LaTeX is formulas and plain words, which JupyterLab can set, and no piece of a document."""
    words = "".join(piece for piece in formulas_in(latex) if isinstance(piece, str))
    return not LATEX_COMMAND.search(words) and all(map(MATHEMATICAL.fullmatch, ENVIRONMENT.findall(latex)))
