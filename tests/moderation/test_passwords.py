"""Passwords are kept as hashes that are dear to guess."""

import pytest

from moderation import passwords
from moderation.domain.errors import InvalidValueError

PASSWORD = "একটি-লম্বা-পাসওয়ার্ড"


def test_a_hash_costs_a_guesser_more_memory_than_owasp_asks_for() -> None:
    assert passwords.MEMORY_COST >= 19 * 1024
    assert passwords.TIME_COST >= 2


def test_verifying_for_nobody_costs_what_verifying_for_somebody_does() -> None:
    assert f"$m={passwords.MEMORY_COST},t={passwords.TIME_COST},p=1$" in passwords._NOBODYS_HASH


def test_only_the_same_password_matches_and_nobodys_hash_never_does() -> None:
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + " ")
    assert not passwords.matches(None, PASSWORD)


@pytest.mark.parametrize("length", [passwords.SHORTEST_PASSWORD - 1, passwords.LONGEST_PASSWORD + 1])
def test_a_password_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(InvalidValueError):
        passwords.hashed("ক" * length)
