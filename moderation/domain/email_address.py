"""What counts as an e-mail address: enough to find slips of the pen; whether mail arrives only mail can tell."""

import re
from typing import Final

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f<>\"]{1,64}@[^@\s\x00-\x1f<>\"]{1,188}")


def normal_email(written: str) -> str | None:
    """The address as it is stored and compared, or ``None`` where this is none."""
    address = written.strip().lower()
    return address if _EMAIL.fullmatch(address) else None
