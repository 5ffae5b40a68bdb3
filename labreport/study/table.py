"""The tidy table of a study: a row a run, written some runs at a time, the same bytes whoever trained it."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pandas as pd

from labkit.errors import LabError
from labkit.files import PART
from labkit.rounding import setting_text
from labkit.training.run import Run


class Writer(Protocol):
    """Writes tables of the same columns one after another."""

    def write(self, rows: pd.DataFrame) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """A CSV file."""

    def __init__(self, path: Path) -> None:
        self.file, self.header = path.open("w", encoding="utf-8", newline=""), True

    def write(self, rows: pd.DataFrame) -> None:
        rows.to_csv(self.file, header=self.header, index=False, lineterminator="\n")
        self.header = False

    def close(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


class ParquetWriter:
    """A Parquet file. Raises LabError where pyarrow is missing."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow.parquet  # only here: it is an extra
        except ImportError as error:
            raise LabError(
                f"Parquet needs pyarrow ({error}); `pip install -r requirements-dask.txt` gets it; CSV needs nothing"
            ) from None
        self.pyarrow, self.path, self.file = pyarrow, path, None

    def write(self, rows: pd.DataFrame) -> None:
        table = self.pyarrow.Table.from_pandas(rows, preserve_index=False)
        self.file = self.file or self.pyarrow.parquet.ParquetWriter(self.path, table.schema)
        self.file.write_table(table)

    def close(self) -> None:
        if self.file:
            self.file.close()


WRITERS = {".csv": CsvWriter, ".parquet": ParquetWriter}


def write_rows(writer: Writer, first: int, runs: list[Run], named: list[str]) -> None:
    """Append runs to a table; `first` is the number of the first of them."""
    writer.write(pd.DataFrame([row(first + i, run, named) for i, run in enumerate(runs)]))


@contextmanager
def replaced(path: Path) -> Iterator[Writer]:
    """A writer of a file that takes the place of `path` when the block ends well."""
    part = path.with_name(f".{path.name}.{uuid4().hex}{PART}")
    try:
        writer = WRITERS[path.suffix](part)
        try:
            yield writer
        finally:
            writer.close()
        part.replace(path)
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror or error}; what was there is still there") from None
    finally:
        part.unlink(missing_ok=True)


def row(i: int, run: Run, named: list[str]) -> dict[str, Any]:
    """A run as a row: the settings that the study varies, what became of it, and the platform that trained it.

    Seconds are not among it: they differ each time.
    """
    settings = {name: getattr(run.config, name) for name in named}
    texts = {name: setting_text(value) for name, value in settings.items() if isinstance(value, tuple)}
    ended = {"epochs": run.epochs, "stopped": run.stopped, "platform": platform_id(run.platform)}
    return {"run": i} | settings | texts | run.results | ended


def platform_id(platform: str) -> str:
    """A short name of a platform."""
    return hashlib.sha256(platform.encode()).hexdigest()[:8]
