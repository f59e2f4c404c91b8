"""What is in force against an author at a moment, and whether somebody who types a name means it."""

import unicodedata
from datetime import datetime

from moderation.domain.vocabulary import Sanction


def in_force(kind: str | None, until: datetime | None, now: datetime) -> Sanction | None:
    """The suspension or ban that counts now; one whose time is over counts no more, and nothing has to end it."""
    if kind is None or (until is not None and until <= now):
        return None
    return Sanction(kind)


def is_meant(typed: str, *, name: str, ext_id: str) -> bool:
    """Whether the typed words are the author's name, or the site's own id of them where the name cannot be typed.

    Invisible characters, spaces, capitals and the two ways to write a nukta make no difference.
    """
    written = _comparable(typed)
    return bool(written) and written in {_comparable(name), _comparable(ext_id)}


def _comparable(name: str) -> str:
    """As a person sees it: readers put direction marks and joiners into names, and no keyboard has them."""
    seen = (char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) not in {"Cf", "Cc"})
    return "".join("".join(seen).split()).casefold()
