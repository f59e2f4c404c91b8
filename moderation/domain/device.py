"""A coarse name for what somebody logs in with: enough to tell one's own sessions apart, too little to trace anyone."""

import re
from typing import Final

_BROWSERS: Final = (
    ("Edg(?:e|A|iOS)?/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/|UBrowser/", "UC Browser"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("HeadlessChrome/|Chrome/|CriOS/|Chromium/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that fits counts: most browsers also name those that they are taken for."""
_SYSTEMS: Final = (
    ("iPhone|iPad|iPod", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh|Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
)
_KINDS: Final = (_BROWSERS, _SYSTEMS)


def device_name(user_agent: str) -> str:
    """Like ``Firefox · Android``, only of names that are known here; empty where nothing is recognised."""
    found = (next((name for pattern, name in kinds if re.search(pattern, user_agent)), "") for kinds in _KINDS)
    return " · ".join(name for name in found if name)
