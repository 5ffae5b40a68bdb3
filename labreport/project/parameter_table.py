"""What a reader sees of parameters: one row each, for the terminal and for the report's appendix."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .parameters import Schema, resolve
from .parameters_cell import find_parameters_cell, read_schema, read_values

INJECTED = "injected-parameters"  # the cell that a run adds where values are not the defaults


@dataclass(frozen=True)
class Row:
    """One parameter in words; `value` is that of a lab or a run, and equals `default` where neither changes it."""

    name: str
    type: str
    default: Any
    value: Any
    range: str
    meaning: str

    @property
    def changed(self) -> bool:
        return self.value != self.default


def rows(schema: Schema, values: Mapping[str, Any]) -> list[Row]:
    """A row for each parameter, in the order of the notebook; `values` holds those that are not the default."""
    return [
        Row(
            name=name,
            type=parameter.type,
            default=parameter.default,
            value=values.get(name, parameter.default),
            range=parameter.range,
            meaning=parameter.meaning,
        )
        for name, parameter in schema.items()
    ]


def rows_of_run(notebook: Mapping[str, Any], name: str) -> list[Row]:
    """The parameters that an executed notebook was run with, read from the notebook itself.

    Raise LabError for a parameters cell that the build would refuse.
    """
    schema = read_schema(find_parameters_cell(notebook, name), name)
    injected = read_values(find_parameters_cell(notebook, name, INJECTED), name)
    return rows(schema, resolve(schema, injected, f"{name}, cell tagged {INJECTED!r}"))
