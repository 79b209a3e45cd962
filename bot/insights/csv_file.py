"""Rows as a CSV file that a spreadsheet opens as it is meant: with its letters, and without computing any of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a cell a formula; the wide ones do so in East Asian versions. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """UTF-8 with a byte order mark, by which Excel knows it, and every cell quoted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def _cell(value: str | int) -> str:
    """The text without what no file should hold, with an apostrophe before what would be a formula."""
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
