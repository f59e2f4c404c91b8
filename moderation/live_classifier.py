"""This process's bundle: the promoted one, loaded when first asked for and again when another is promoted.

A promotion is looked for at most every two seconds. What cannot be read or loaded leaves the last good bundle at work,
and ``problem`` says what is wrong. Nothing is loaded before the first call, so that a worker loads after its fork.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from classifiers import Bundle, BundleError, load_bundle

CHECK_EVERY: Final = 2.0
"""Seconds between looks at the promotions."""

_NOTHING_PROMOTED: Final = (
    "No bundle is promoted, so comments are held for people. Run `python -m moderation migrate`, or "
    "`python -m moderation bundles import FILE --promote`."
)

_log = structlog.get_logger(__name__)


class Promoted(Protocol):
    """What the store tells of the live bundle; ``content`` is ``None`` where its digest is the known one."""

    @property
    def bundle_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def content(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class LiveBundle:
    bundle_id: int
    bundle: Bundle


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last look found: the bundle at work, the digest last tried (loaded or not), and what is wrong."""

    live: LiveBundle | None = None
    tried: str | None = None
    problem: str | None = _NOTHING_PROMOTED


class LiveClassifier:
    """Safe to share among threads: one looks while the others go on with the bundle they know."""

    def __init__(
        self,
        read_promoted: Callable[[str | None], Promoted | None],
        *,
        check_every: float = CHECK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``read_promoted`` gives the live bundle, without bytes if its digest is the one that it is handed."""
        self._read_promoted = read_promoted
        self._check_every = check_every
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = _Seen()
        self._next_look: float | None = None

    def current(self) -> LiveBundle | None:
        """The bundle to score with, or ``None`` where there is none that can be used."""
        self._look_if_due()
        return self._seen.live

    def problem(self) -> str | None:
        """What a person should mend, or ``None`` where the promoted bundle is at work."""
        self._look_if_due()
        return self._seen.problem

    def _look_if_due(self) -> None:
        if self._next_look is not None and self._clock() < self._next_look:
            return
        # The first look must be waited for; during later ones the others go on with what they know.
        if not self._lock.acquire(blocking=self._next_look is None):
            return
        try:
            if self._next_look is None or self._clock() >= self._next_look:
                self._seen = self._look()
                self._next_look = self._clock() + self._check_every
        finally:
            self._lock.release()

    def _look(self) -> _Seen:
        seen = self._seen
        try:
            promoted = self._read_promoted(seen.tried)
        except Exception as error:  # noqa: BLE001 - whatever the database does, comments go on with the last good bundle
            _log.warning("promotion_unreadable", error=type(error).__name__)
            detail = f"The promoted bundle could not be read from the database ({type(error).__name__})."
            return _Seen(seen.live, seen.tried, detail)
        if promoted is None:
            return _Seen(None, None, _NOTHING_PROMOTED)
        if promoted.content is None:
            return self._known(promoted)
        return self._load(promoted, promoted.content)

    def _known(self, promoted: Promoted) -> _Seen:
        """The same bytes as at the last look: at work, unless they could not be loaded then."""
        live, tried = self._seen.live, self._seen.tried
        if live is not None and live.bundle.digest == tried:
            return _Seen(LiveBundle(promoted.bundle_id, live.bundle), tried, None)
        return _Seen(live, tried, self._seen.problem)

    def _load(self, promoted: Promoted, content: bytes) -> _Seen:
        try:
            bundle = load_bundle(content)
            if bundle.digest != promoted.digest:
                raise BundleError("its bytes are not those that were registered")
        except (BundleError, MemoryError) as error:
            _log.exception("bundle_unusable", bundle=promoted.name)
            instead = "the last good one is used" if self._seen.live else "comments are held for people"
            detail = f"The promoted bundle {promoted.name} cannot be loaded ({error}); {instead}. Promote another."
            return _Seen(self._seen.live, promoted.digest, detail)
        _log.info("bundle_loaded", bundle=promoted.name, digest=promoted.digest)
        return _Seen(LiveBundle(promoted.bundle_id, bundle), promoted.digest, None)
