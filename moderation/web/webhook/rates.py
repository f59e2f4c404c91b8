"""How many requests each site sends in a second, counted in this process's memory.

A library for this was in place before. Its store in memory starts a thread to clear itself whenever none runs, at a
busy door about every hundredth of a second, which showed in the ingest benchmark. Only sites that exist are counted,
so there is nothing to clear: the table is as long as the list of sites.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

_WINDOW_SECONDS: Final = 1.0


class RateLimit:
    """At most ``per_second`` hits of each site in a window of one second, which its first hit opens."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._clock = clock
        self._windows: dict[int, tuple[float, int]] = {}
        self._lock = Lock()

    def hit(self, site_id: int) -> bool:
        """Counts a hit; false where the site has no more of them in this window."""
        now = self._clock()
        with self._lock:
            opened_at, hits = self._windows.get(site_id, (now, 0))
            if now - opened_at >= _WINDOW_SECONDS:
                opened_at, hits = now, 0
            self._windows[site_id] = opened_at, hits + 1
        return hits < self.per_second
