"""Rows as comma-separated values that a spreadsheet opens without harm.

A cell that begins with certain characters is taken for a formula, which may reach into the reader's files or the
network. Such a cell gets an apostrophe before it (OWASP, «CSV Injection»).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MARK: Final = "\ufeff"
"""Tells Excel that the file is UTF-8; without it Bangla opens as gibberish."""
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet runs; ``None`` is empty."""
    written = "" if cell is None else str(cell)
    return f"'{written}" if written.lstrip(" ").startswith(_FORMULA) else written


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Each row as a line by RFC 4180, the mark of UTF-8 before the first."""
    yield MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue()
