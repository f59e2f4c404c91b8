"""Ctrl-C ends a long command even where Python drops the exception."""

import os
import signal
import weakref

import pytest

from moderation.commands.interrupts import minded_interrupts


class Held:
    """Something to be let go of."""


def _interrupt_in_a_callback_that_drops_exceptions() -> None:
    held = Held()
    kept = weakref.ref(held, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del held
    assert kept() is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_python_dropped_is_raised_at_the_next_step() -> None:
    with minded_interrupts() as interrupts:
        interrupts.check()
        dropped = False
        try:
            _interrupt_in_a_callback_that_drops_exceptions()
            dropped = True
        except KeyboardInterrupt:
            pass
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert dropped


def test_afterwards_ctrl_c_does_what_it_did_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with minded_interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
