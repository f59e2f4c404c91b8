"""Named leases, so that of several sweeps one works, and heartbeats, so that its silence is noticed.

Rows rather than advisory locks: those belong to a server connection, which a pooler may hand to somebody else.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.store.schema import Heartbeat, Lease


def take(connection: Connection, name: str, *, holder: str, now: datetime, until: datetime) -> bool:
    """Takes or renews a lease; false where another holder's still runs."""
    row = connection.execute(
        upsert(Lease)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=[Lease.name],
            set_={"holder": holder, "until": until},
            where=or_(Lease.holder == holder, Lease.until < now),
        )
        .returning(Lease.name)
    ).first()
    return row is not None


def drop(connection: Connection, name: str, *, holder: str) -> None:
    connection.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


def beat(connection: Connection, process: str, *, at: datetime, detail: str = "") -> None:
    connection.execute(
        upsert(Heartbeat)
        .values(process=process, at=at, detail=detail)
        .on_conflict_do_update(index_elements=[Heartbeat.process], set_={"at": at, "detail": detail})
    )


def last_beat(connection: Connection, process: str) -> datetime | None:
    return connection.scalar(select(Heartbeat.at).where(Heartbeat.process == process))
