"""Tables from spreadsheets, as CSV."""

import csv
import io
import re
from pathlib import Path

from labkit.errors import LabError

SEPARATOR = re.compile("[,;]")  # the second as spreadsheets write it in some countries


def read_spreadsheet(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a file, each with the line that it begins in. Raise LabError where they cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise LabError(f'{path} is not in UTF-8: in the spreadsheet, save it as "CSV UTF-8"') from None
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    separator = SEPARATOR.search(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator[0] if separator else ",", strict=True)
    rows = []
    try:
        begins = 1
        for row in reader:
            rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise LabError(f"{path} cannot be read: line {reader.line_num}: {error}") from None
    return rows
