"""Reads the files that commands are given."""

from pathlib import Path
from typing import Final

from moderation.domain.errors import InvalidValueError

_LARGEST: Final = 4 * 1024 * 1024


def read_text(path: Path) -> str:
    """A file's text, with or without a byte order mark. Raises InvalidValueError where it is not UTF-8 or too large."""
    if path.stat().st_size > _LARGEST:
        raise InvalidValueError(f"{path} is larger than 4 MB. Give a smaller file.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValueError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
