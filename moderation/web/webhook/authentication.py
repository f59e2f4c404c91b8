"""Who sends: a site by its signature over the raw bytes, or by its API key as a Bearer token.

A slug that no site has is checked against a secret that nobody knows, so that its answer is that of a wrong signature.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import structlog
from flask import request

from moderation.domain.errors import NotFoundError
from moderation.signing import SIGNING_HEADERS, SignatureError, VerifiedHeaders, new_secret, verify
from moderation.store import sites
from moderation.vault import Vault, VaultError
from moderation.web.current import runtime
from moderation.web.errors import Problem, RefusalError

FRESH_SECONDS: Final = 5.0
"""How long this process goes by what it read of a site; a secret that was withdrawn counts no longer than that."""
_MOST_SITES: Final = 10_000
_LONGEST_KEY: Final = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """The site that a request comes from."""

    site_id: int
    slug: str


@dataclass(frozen=True, slots=True)
class _Secret:
    text: str
    stored: sites.StoredSecret


@dataclass(frozen=True, slots=True)
class _Entry:
    site_id: int
    secrets: tuple[_Secret, ...]
    read_at: float

    def valid(self, now: datetime) -> list[str]:
        return [secret.text for secret in self.secrets if secret.stored.is_valid(now)]


class SiteDirectory:
    """Sites with their decrypted webhook secrets, read again after a few seconds; only sites that exist are kept."""

    def __init__(
        self,
        find: Callable[[str], sites.SigningSite | None],
        vault: Vault,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._vault = vault
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()
        self._nobodys_secret = new_secret()

    def verify(self, slug: str, body: bytes, now: datetime) -> tuple[Sender, VerifiedHeaders]:
        """The sender of signed bytes. Raises SignatureError, for an unknown slug too."""
        entry, fresh = self._known(slug)
        try:
            return self._verified(slug, entry, body, now)
        except SignatureError as error:
            if fresh or error.code != "wrong_signature":
                raise
        # A secret that was added a moment ago must count at once.
        return self._verified(slug, self._read(slug), body, now)

    def _verified(self, slug: str, entry: _Entry | None, body: bytes, now: datetime) -> tuple[Sender, VerifiedHeaders]:
        secrets = entry.valid(now) if entry else []
        headers = verify(body, _signing_headers(), secrets or [self._nobodys_secret], now)
        if entry is None:
            raise SignatureError("wrong_signature", "No signature fits.")
        return Sender(entry.site_id, slug), headers

    def _known(self, slug: str) -> tuple[_Entry | None, bool]:
        """What is known of the site, and whether that was read just now."""
        with self._lock:
            entry = self._entries.get(slug)
        if entry is not None and self._clock() - entry.read_at < FRESH_SECONDS:
            return entry, False
        return self._read(slug), True

    def _read(self, slug: str) -> _Entry | None:
        if "\0" in slug:
            return None
        site = self._find(slug)
        entry = self._entry(site) if site else None
        with self._lock:
            if len(self._entries) >= _MOST_SITES:
                self._entries.clear()
            if entry is None:
                self._entries.pop(slug, None)
            else:
                self._entries[slug] = entry
        return entry

    def _entry(self, site: sites.SigningSite) -> _Entry:
        return _Entry(site.id, tuple(self._readable(site)), self._clock())

    def _readable(self, site: sites.SigningSite) -> Iterator[_Secret]:
        """The secrets that this installation's keys open; one that was lost with its key must not shut out the others.

        Raises VaultError where there are secrets and none can be read.
        """
        lost: VaultError | None = None
        found = False
        for stored in site.secrets:
            try:
                yield _Secret(self._vault.decrypt(stored.ciphertext), stored)
                found = True
            except VaultError as error:
                _log.error("secret_unreadable", site=site.slug)
                lost = error
        if lost is not None and not found:
            raise lost


def _signing_headers() -> dict[str, str]:
    """Those that carry the signature; going through all headers of a request showed in the ingest benchmark."""
    return {name: value for name in SIGNING_HEADERS if (value := request.headers.get(name)) is not None}


def key_owner(slug: str) -> Sender:
    """The site whose API key the request bears; another site's addresses are not found with it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_KEY:
        raise _unauthorized("Send the site's API key as 'Authorization: Bearer KEY'.")
    with runtime().reading() as connection:
        owner = sites.owner_of_key(connection, runtime().vault.token_digest(token))
    if owner is None:
        raise _unauthorized("This API key is not known, or it was revoked.")
    if owner.slug != slug:
        raise NotFoundError("There is no such site, or this key is not its own.")
    return Sender(owner.site_id, owner.slug)


def _unauthorized(detail: str) -> RefusalError:
    return RefusalError(Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="alochona"'}))
