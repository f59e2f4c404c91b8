"""One transaction and the jobs that follow it: the only place that commits.

Jobs noted on the unit of work are announced after its commit, so that no worker hears of a row it cannot see yet. If
the announcement fails the row is still there, and the sweep announces it again.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection, Engine

from moderation.domain.jobs import Job

Publish = Callable[[Job], None]


class UnitOfWork:
    """An open transaction. Store functions take ``connection``; steps ``note`` the jobs that the commit calls for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.noted: dict[Job, None] = {}

    def note(self, job: Job) -> None:
        self.noted[job] = None


class Work(Protocol):
    """Opens a unit of work that commits where its block ends well and rolls back where it raises.

    With ``one_statement`` PostgreSQL commits each statement by itself, which saves two round trips where one is all.
    """

    def __call__(self, *, one_statement: bool = False) -> AbstractContextManager[UnitOfWork]: ...


def work_on(engine: Engine, publish: Publish) -> Work:
    """The unit-of-work factory that ``runtime`` hands to every step."""

    committing = engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def work(*, one_statement: bool = False) -> Iterator[UnitOfWork]:
        with (committing if one_statement else engine).begin() as connection:
            unit = UnitOfWork(connection)
            yield unit
        for job in unit.noted:
            publish(job)

    return work
