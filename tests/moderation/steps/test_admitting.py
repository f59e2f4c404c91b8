"""Guessing gets slower, at any number of guesses at once, and nobody learns which accounts exist."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from moderation.domain.errors import LoginDelayedError, LoginRefusedError, ModerationError
from moderation.steps import admitting, sweeping
from moderation.store.schema import LoginAttempt
from tests.factories import NOW, World

PASSWORD = "একটি-লম্বা-পাসওয়ার্ড"
NASRIN, NOBODY = "nasrin@desk.example", "nobody@desk.example"
FREE = 5


@pytest.fixture(autouse=True)
def _nasrin(world: World) -> None:
    token = world.invite("Nasrin")
    admitting.set_password(world.work, world.runtime.vault, token=token, password=PASSWORD, now=world.runtime.now())


def log_in(
    world: World, password: str = "wrong", email: str = NASRIN, address: str = "203.0.113.7", now: datetime = NOW
) -> str:
    token = admitting.log_in(world.work, world.runtime.vault, email=email, password=password, address=address, now=now)
    assert isinstance(token, str)
    return token


def outcome(
    world: World, email: str = NASRIN, address: str = "203.0.113.7", now: datetime = NOW, password: str = "wrong"
) -> str:
    """Whether a guess was checked, or how long it has to wait."""
    try:
        log_in(world, password, email, address, now)
    except LoginDelayedError as error:
        return f"wait {error.seconds}"
    except ModerationError as error:
        return error.code
    return "in"


def counters(world: World) -> int:
    with world.runtime.reading() as connection:
        return connection.scalar(select(func.count()).select_from(LoginAttempt)) or 0


def at_once(world: World, guesses: int, now: datetime, email: str = NASRIN) -> list[str]:
    """So many guesses in the same moment, each from an address of its own."""
    barrier = Barrier(guesses)

    def guess(n: int) -> str:
        barrier.wait()
        return outcome(world, email, f"203.0.113.{n}", now)

    with ThreadPoolExecutor(guesses) as pool:
        return list(pool.map(guess, range(guesses)))


@pytest.mark.parametrize("email", [NASRIN, NOBODY], ids=["an account", "no account"])
def test_of_twenty_guesses_at_once_no_more_are_checked_than_one_after_the_other(world: World, email: str) -> None:
    first = at_once(world, 20, NOW, email)
    assert first.count("login_refused") == FREE
    assert first.count("wait 1") == 20 - FREE

    for seconds, next_wait in ((1, 2), (3, 4), (7, 8)):
        window = at_once(world, 20, NOW + timedelta(seconds=seconds), email)
        assert window.count("login_refused") == 1, "one in each window"
        assert window.count(f"wait {next_wait}") == 19


def test_an_address_that_guesses_at_many_accounts_must_wait_too(world: World) -> None:
    told = [outcome(world, f"reader-{n}@desk.example") for n in range(FREE + 2)]
    assert told == ["login_refused"] * FREE + ["wait 1"] * 2
    assert outcome(world, NASRIN, "198.51.100.1", password=PASSWORD) == "in"


def test_the_right_person_is_told_how_long_and_gets_in_then_and_asking_makes_it_no_longer(world: World) -> None:
    for n in range(FREE + 3):
        outcome(world, now=NOW + timedelta(seconds=60 * n), address=f"203.0.113.{n}")
    now = NOW + timedelta(seconds=60 * (FREE + 2))
    assert [outcome(world, now=now, password=PASSWORD, address="198.51.100.1") for _ in range(3)] == ["wait 8"] * 3
    with pytest.raises(LoginDelayedError, match="Wait 8 seconds"):
        log_in(world, PASSWORD, now=now)
    assert log_in(world, PASSWORD, address="198.51.100.1", now=now + timedelta(seconds=8))


def test_the_wait_is_never_told_shorter_than_it_is(world: World) -> None:
    for _ in range(FREE):
        outcome(world)
    nearly = NOW + timedelta(milliseconds=999)
    assert outcome(world, now=nearly) == "wait 1"


def test_the_longest_wait_is_a_quarter_of_an_hour_and_after_an_hour_all_begins_anew(world: World) -> None:
    now, waits = NOW, [0]
    for _ in range(40):
        waits.append(int(outcome(world, now=now).removeprefix("wait").replace("login_refused", "0")))
        now += timedelta(seconds=waits[-1])
    assert max(waits) == 15 * 60
    later = now + timedelta(hours=1, minutes=1)
    assert [outcome(world, now=later) for _ in range(FREE + 1)] == ["login_refused"] * FREE + ["wait 1"]


def test_getting_in_forgets_the_accounts_wrong_attempts_but_not_the_addresss(world: World) -> None:
    for n in range(FREE - 1):
        outcome(world, f"reader-{n}@desk.example")
    assert outcome(world, password=PASSWORD) == "in"
    assert outcome(world, password=PASSWORD) == "in", "a log-in that was right is none of an attacker's"
    assert [outcome(world), outcome(world)] == ["login_refused", "wait 1"]


def test_old_counts_are_swept(world: World) -> None:
    outcome(world)
    assert counters(world) == 2
    sweeping.sweep(world.work, now=NOW + timedelta(minutes=59))
    assert counters(world) == 2
    sweeping.sweep(world.work, now=NOW + timedelta(minutes=61))
    assert counters(world) == 0


def test_a_password_is_not_cut_to_its_right_beginning(world: World) -> None:
    token = world.invite("Nasrin")
    longest = "x" * 256
    admitting.set_password(world.work, world.runtime.vault, token=token, password=longest, now=world.runtime.now())
    with pytest.raises(LoginRefusedError):
        log_in(world, longest + "y")
    assert log_in(world, longest)
