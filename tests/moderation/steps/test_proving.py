"""The second step: which codes count, that each counts once, and that guessing them gets slow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from moderation.domain.errors import CodeRefusedError, ConflictError, LoginDelayedError, LoginRefusedError
from moderation.steps import admitting, keeping_account, proving
from moderation.steps.admitting import CodeNeeded
from moderation.steps.keeping_account import Here
from moderation.store import second_factors
from tests.factories import NOW, World

PASSWORD = "একটি-লম্বা-পাসওয়ার্ড"
STEP = timedelta(seconds=30)


class Nasrin:
    """Somebody with a device, who has switched the second step on at ``NOW``."""

    def __init__(self, world: World) -> None:
        self.world, self.vault, self.work = world, world.runtime.vault, world.work
        token = world.invite("Nasrin")
        session = admitting.set_password(self.work, self.vault, token=token, password=PASSWORD, now=NOW)
        assert isinstance(session, str)
        admitted = admitting.recognise(self.work, self.vault, token=session, now=NOW)
        assert admitted is not None
        self.here = Here(admitted.visitor.moderator_id, session, "203.0.113.7")
        keeping_account.begin_codes(self.work, self.vault, here=self.here, password=PASSWORD, now=NOW)
        waiting = keeping_account.own(self.work, self.vault, here=self.here, now=NOW).codes.waiting
        assert waiting is not None
        self.device = pyotp.TOTP(waiting.secret)
        self.recovery_codes = proving.confirm(
            self.work, self.vault, moderator_id=self.here.moderator_id, code=self.code(), now=NOW
        )

    def code(self, off: timedelta = timedelta(0)) -> str:
        return self.device.at(NOW + off)

    def use(self, code: str, off: timedelta = timedelta(0)) -> None:
        proving.use_code(self.work, self.vault, moderator_id=self.here.moderator_id, code=code, now=NOW + off)

    def refuses(self, code: str, off: timedelta = timedelta(0)) -> bool:
        try:
            self.use(code, off)
        except CodeRefusedError:
            return True
        return False

    def ticket(self) -> str:
        needed = admitting.log_in(
            self.work, self.vault, email="nasrin@desk.example", password=PASSWORD, address="203.0.113.7", now=NOW
        )
        assert isinstance(needed, CodeNeeded)
        return needed.ticket

    def enter(self, ticket: str, code: str, off: timedelta = timedelta(0), address: str = "203.0.113.7") -> str:
        return admitting.log_in_with_code(
            self.work, self.vault, ticket=ticket, code=code, address=address, now=NOW + off
        )


@pytest.fixture
def nasrin(world: World) -> Nasrin:
    return Nasrin(world)


def test_a_code_counts_once_also_the_one_that_switched_it_on(nasrin: Nasrin) -> None:
    assert nasrin.refuses(nasrin.code())
    later = 2 * STEP
    nasrin.use(nasrin.code(later), later)
    assert nasrin.refuses(nasrin.code(later), later)
    assert nasrin.refuses(nasrin.code(STEP), later), "an older one that was not used is used up too"


@pytest.mark.parametrize(("off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(nasrin: Nasrin, off: int, *, counts: bool) -> None:
    now = 10 * STEP
    assert nasrin.refuses(nasrin.code(now + off * STEP), now) is not counts


def test_of_two_at_once_with_one_code_one_gets_in(nasrin: Nasrin) -> None:
    with ThreadPoolExecutor(4) as pool:
        refused = list(pool.map(lambda _: nasrin.refuses(nasrin.code(STEP), STEP), range(4)))
    assert refused.count(False) == 1


def test_codes_may_be_typed_with_gaps_and_in_bangla_digits(nasrin: Nasrin) -> None:
    code = nasrin.code(STEP).translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    nasrin.use(f" {code[:3]} {code[3:]} ", STEP)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "\0", "²" * 6, "x" * 5000, "a" * 16])
def test_what_is_no_code_is_refused(nasrin: Nasrin, code: str) -> None:
    assert nasrin.refuses(code, STEP)


def test_each_of_ten_recovery_codes_counts_once(nasrin: Nasrin) -> None:
    assert len(set(nasrin.recovery_codes)) == 10
    first = nasrin.recovery_codes[0]
    nasrin.use(first.upper())
    assert nasrin.refuses(first)
    own = keeping_account.own(nasrin.work, nasrin.vault, here=nasrin.here, now=NOW)
    assert own.codes.recovery_codes_left == 9


def test_the_secret_is_stored_encrypted(nasrin: Nasrin) -> None:
    with nasrin.work() as unit:
        stored = second_factors.of(unit.connection, nasrin.here.moderator_id)
    assert stored is not None
    assert nasrin.device.secret.encode() not in stored.secret


def test_a_secret_counts_only_once_it_was_confirmed_and_is_then_not_replaced(nasrin: Nasrin) -> None:
    keeping_account.begin_codes(nasrin.work, nasrin.vault, here=nasrin.here, password=PASSWORD, now=NOW)
    with pytest.raises(ConflictError):
        proving.confirm(nasrin.work, nasrin.vault, moderator_id=nasrin.here.moderator_id, code="1", now=NOW)
    nasrin.use(nasrin.code(STEP), STEP)


def test_the_right_password_alone_opens_nothing_and_a_code_with_it_does(nasrin: Nasrin) -> None:
    session = nasrin.enter(nasrin.ticket(), nasrin.code(STEP), STEP)
    assert admitting.recognise(nasrin.work, nasrin.vault, token=session, now=NOW + STEP) is not None


def test_guessing_codes_gets_slow_and_entering_the_password_again_does_not_help(nasrin: Nasrin) -> None:
    right = nasrin.code(STEP)
    wrong = "000000" if right != "000000" else "111111"
    for n in range(5):
        with pytest.raises(CodeRefusedError):
            nasrin.enter(nasrin.ticket(), wrong, STEP, f"198.51.100.{n}")
    with pytest.raises(LoginDelayedError):
        nasrin.enter(nasrin.ticket(), right, STEP, "198.51.100.6")
    nasrin.enter(nasrin.ticket(), right, STEP + timedelta(seconds=5), "198.51.100.6")


def test_a_ticket_dies_with_time_and_with_the_password(nasrin: Nasrin) -> None:
    ticket, late = nasrin.ticket(), timedelta(minutes=10)
    with pytest.raises(LoginRefusedError):
        nasrin.enter(ticket, nasrin.code(late), late)
    new = "আরেকটি-লম্বা-পাসওয়ার্ড"
    keeping_account.change_password(nasrin.work, nasrin.vault, here=nasrin.here, old=PASSWORD, new=new, now=NOW)
    with pytest.raises(LoginRefusedError):
        nasrin.enter(ticket, nasrin.code(STEP), STEP)
    for forged in ("", "x", "ö", "gAAAAA"):
        with pytest.raises(LoginRefusedError):
            nasrin.enter(forged, nasrin.code(STEP), STEP)


def test_a_new_link_is_no_way_around_the_code(nasrin: Nasrin) -> None:
    token = nasrin.world.invite("Nasrin")
    entered = admitting.set_password(nasrin.work, nasrin.vault, token=token, password=PASSWORD, now=NOW)
    assert isinstance(entered, CodeNeeded)


def test_switched_off_it_asks_for_no_code(nasrin: Nasrin) -> None:
    with pytest.raises(LoginRefusedError):
        keeping_account.switch_codes_off(nasrin.work, nasrin.vault, here=nasrin.here, password="wrong", now=NOW)
    keeping_account.switch_codes_off(nasrin.work, nasrin.vault, here=nasrin.here, password=PASSWORD, now=NOW)
    assert not proving.asks_for_code(nasrin.work, nasrin.here.moderator_id)
