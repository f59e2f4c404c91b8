"""Step 1 for many senders at once: new comments that arrive while another is being stored share the next transaction.

A commit costs about as much for eight comments as for one. Whoever finds nobody storing begins at once with what is
there, so a lone comment waits for nothing; whoever comes meanwhile is taken along by the first of them, as PostgreSQL
itself groups the flushes of its log. What it brings is measured in docs/performance.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from moderation.domain.event import Created, Delivery, Receipt
from moderation.steps import receiving
from moderation.store.unit_of_work import Work

MOST_TOGETHER: Final = 64
"""Comments in one transaction: more than a process has threads, so it is a bound and no tuning."""


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(eq=False, slots=True)
class _Entry:
    """One waiting delivery. Where its turn comes with neither receipt nor error, its own thread stores it.

    ``turn`` is a lock that is released once, when the turn comes: an Event costs several times as much to wake.
    """

    site_id: int
    delivery: Delivery
    turn: Lock = field(default_factory=_held)
    receipt: Receipt | None = None
    error: Exception | None = None
    leads: bool = False


class GroupCommit:
    """Stores deliveries of this process's threads; one for each web process."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lock = Lock()
        self._waiting: list[_Entry] = []
        self._storing = False

    @property
    def waiting(self) -> int:
        """How many deliveries wait for a transaction to begin."""
        return len(self._waiting)

    def receive(self, site_id: int, delivery: Delivery) -> Receipt:
        """Stores one delivery, alone or in company, and says what became of it; raises what ``receive`` raises.

        Company is no risk: if a group fails, each of it is stored by its own thread, alone.
        """
        if not isinstance(delivery.event, Created):
            return self._alone(site_id, delivery)
        entry = _Entry(site_id, delivery)
        self._queue(entry)
        if entry.leads:
            self._store_group(entry)
        if entry.error is not None:
            raise entry.error
        return entry.receipt or self._alone(site_id, delivery)

    def _queue(self, entry: _Entry) -> None:
        """Returns when the entry leads a group, or when its turn has passed with another's."""
        with self._lock:
            self._waiting.append(entry)
            if not self._storing:
                self._storing = entry.leads = True
        if not entry.leads:
            entry.turn.acquire()

    def _store_group(self, leader: _Entry) -> None:
        with self._lock:
            group = [one for one in self._waiting if one.site_id == leader.site_id][:MOST_TOGETHER]
            self._waiting = [one for one in self._waiting if one not in group]
        try:
            self._store(group)
        finally:
            self._hand_on()
            for one in group:
                if one is not leader:
                    one.turn.release()

    def _store(self, group: Sequence[_Entry]) -> None:
        try:
            receipts = receiving.receive(self._work, group[0].site_id, [one.delivery for one in group])
        except Exception as error:  # noqa: BLE001 - raised where it belongs: members of a group meet their own, alone
            if len(group) == 1:
                group[0].error = error
            return
        for one, receipt in zip(group, receipts, strict=True):
            one.receipt = receipt

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].turn.release()
            else:
                self._storing = False

    def _alone(self, site_id: int, delivery: Delivery) -> Receipt:
        (receipt,) = receiving.receive(self._work, site_id, [delivery])
        return receipt
