"""Readers' reports: one counts per reporter and comment, however often it is sent."""

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.dialects.postgresql import insert as upsert

from moderation.store.schema import Comment, Report


def add(connection: Connection, comment_id: int, *, reporter: str, reason: str, at: datetime) -> bool:
    """Keeps a report and counts it; false where this reporter had reported the comment before."""
    row = connection.execute(
        upsert(Report)
        .values(comment_id=comment_id, reporter=reporter, reason=reason, at=at)
        .on_conflict_do_nothing()
        .returning(Report.id)
    ).first()
    if row is None:
        return False
    connection.execute(update(Comment).where(Comment.id == comment_id).values(reports=Comment.reports + 1))
    return True
