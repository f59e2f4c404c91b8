"""What a person leaves to the others."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.store.schema import Skip


def add(connection: Connection, *, moderator_id: int, comment_id: int, now: datetime) -> None:
    """Skipping again counts from now."""
    statement = upsert(Skip).values(moderator_id=moderator_id, comment_id=comment_id, at=now)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[Skip.moderator_id, Skip.comment_id], set_={"at": now})
    )


def take_back(connection: Connection, *, moderator_id: int) -> int:
    """Shows a person again all that they skipped; how many those were."""
    return connection.execute(delete(Skip).where(Skip.moderator_id == moderator_id)).rowcount


def forget(connection: Connection, comment_id: int) -> None:
    """A comment that was decided and comes back is new to everybody."""
    connection.execute(delete(Skip).where(Skip.comment_id == comment_id))


def count(connection: Connection, *, moderator_id: int) -> int:
    """How many comments a person has left to the others."""
    return connection.execute(
        select(func.count()).select_from(Skip).where(Skip.moderator_id == moderator_id)
    ).scalar_one()
