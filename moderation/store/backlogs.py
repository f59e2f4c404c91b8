"""What waits, site by site, and when each kind of work last showed progress: for the status command."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from moderation.domain.vocabulary import CallbackState, State
from moderation.store.schema import Callback, Comment, Heartbeat, Site


@dataclass(frozen=True, slots=True)
class Backlog:
    """One site's comments that wait to be scored and for a person, and its callbacks that are due or given up."""

    site: str
    mode: str
    waiting: int
    held: int
    callbacks_pending: int
    callbacks_parked: int


def by_site(connection: Connection) -> list[Backlog]:
    """Every site's, by short name. Each count reads a partial index that holds only what waits."""
    waiting, held = (_comments(connection, state) for state in (State.WAITING, State.HELD))
    pending, parked = (_callbacks(connection, state) for state in (CallbackState.PENDING, CallbackState.PARKED))
    rows = connection.execute(select(Site.id, Site.slug, Site.mode).order_by(Site.slug))
    return [
        Backlog(
            site=row.slug,
            mode=row.mode,
            waiting=waiting.get(row.id, 0),
            held=held.get(row.id, 0),
            callbacks_pending=pending.get(row.id, 0),
            callbacks_parked=parked.get(row.id, 0),
        )
        for row in rows
    ]


def _comments(connection: Connection, state: State) -> dict[int, int]:
    rows = connection.execute(
        select(Comment.site_id, func.count()).where(Comment.state == state.value).group_by(Comment.site_id)
    )
    return {row[0]: row[1] for row in rows}


def _callbacks(connection: Connection, state: CallbackState) -> dict[int, int]:
    rows = connection.execute(
        select(Callback.site_id, func.count()).where(Callback.state == state.value).group_by(Callback.site_id)
    )
    return {row[0]: row[1] for row in rows}


def oldest_waiting(connection: Connection) -> datetime | None:
    """Since when the comment waits that has waited longest to be scored."""
    return connection.scalar(select(func.min(Comment.state_at)).where(Comment.state == State.WAITING.value))


def heartbeats(connection: Connection) -> dict[str, datetime]:
    """When each kind of work last showed progress."""
    rows = connection.execute(select(Heartbeat.process, Heartbeat.at).order_by(Heartbeat.process))
    return {row.process: row.at for row in rows}
