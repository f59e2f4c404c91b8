"""Passwords as argon2id hashes, few computed at once."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from moderation.domain.errors import InvalidValueError

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 256
TIME_COST: Final = 3
MEMORY_COST: Final = 47_104
"""KiB: 46 MiB, above OWASP's least of 19 MiB."""
_HASHER: Final = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=1)
"""argon2id."""
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Hashes computed at once in a process, so that a flood of log-ins cannot take all its memory."""
# A hash of nobody's password: verifying against it costs an unknown e-mail what a known one costs.
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=47104,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
)


def hashed(password: str) -> str:
    """The hash to keep. Raises InvalidValueError where the password is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidValueError(
            "A password has {shortest} to {longest} characters.", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD
        )
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. It costs the same for nobody's hash, and for a password that is too long."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _NOBODYS_HASH, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None and len(password) <= LONGEST_PASSWORD
