"""What an address or a form asks for, read field by field: codes, ids and days, refused where they are damaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from moderation.domain.errors import InvalidValueError

_Code = TypeVar("_Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """The named fields as they were sent, from the address or from a form."""

    fields: Mapping[str, str]
    names: Sequence[str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").replace("\x00", "").strip()

    def link(self) -> dict[str, Any]:
        """The fields that say something, for a link to the same."""
        return {name: self[name] for name in self.names if self[name]}


def code(kind: type[_Code], written: str) -> _Code | None:
    """The code, or ``None`` where nothing was chosen. Raises InvalidValueError for one that is none."""
    try:
        return kind(written) if written else None
    except ValueError:
        raise damaged() from None


def identity(written: str) -> int | None:
    """A row's id. Raises InvalidValueError for what is none."""
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise damaged()
    return int(written)


def day(written: str, zone: ZoneInfo) -> datetime | None:
    """The beginning of a day. Raises InvalidValueError for what is no date of the years that databases know."""
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError:
        raise InvalidValueError("Write a day as in 2026-11-25.") from None
    if found is not None and not 1970 <= found.year <= 2999:
        raise InvalidValueError("Write a day as in 2026-11-25.")
    return datetime.combine(found, time(), zone) if found else None


def damaged() -> InvalidValueError:
    return InvalidValueError("This page's address is damaged. Go back to the start of the list.")
