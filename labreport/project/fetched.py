"""Data sets that are fetched once, as they are not in the package: which a notebook needs, and how to get them."""

from collections.abc import Iterable, Mapping
from typing import Any

from labkit.data.images import missing_mnist

from .parameters import Schema
from .texts import listed

HOW = {"mnist": "lab data mnist --download"}  # by name, the command that gets it


def is_here(dataset: str) -> bool:
    """Whether the files of a data set are in their place; only reading them tells whether they are whole."""
    return dataset not in HOW or not missing_mnist()


def missing(schema: Schema, values: Mapping[str, Any]) -> list[str]:
    """The data sets that a notebook's parameters `dataset…` name and that are not here; `values` are those that differ
    from its own."""
    named = [values.get(name, schema[name].default) for name in schema if name.startswith("dataset")]
    return [dataset for dataset in dict.fromkeys(named) if not is_here(dataset)]


def missing_text(lab: str, needs: Mapping[str, Iterable[str]]) -> str:
    """What is said of a lab whose notebooks, by name, miss data sets."""
    datasets = dict.fromkeys(dataset for found in needs.values() for dataset in found)
    books = {one: listed(name for name, found in needs.items() if one in found) for one in datasets}
    said = [f"{one}, for {books[one]}: get it with `{HOW[one]}`" for one in datasets]
    return f"lab {lab!r} needs data that are not here: {'; '.join(said)}"
