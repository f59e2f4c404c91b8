"""The review queue filtered by label and script, in order of arrival, and what is new in it.

Each index is partial, over what waits, and serves one way of reading the queue (``store.queue_rows``):
``ix_comments_held_arrival`` the newest and oldest first; ``ix_comments_held_label`` and ``ix_comments_held_script``
the filters of these names by priority; ``ix_comments_held_story`` one story's; ``ix_comments_held_since`` how many
came since a page was made; ``ix_audit_sample_arrival`` open draws among the newest and oldest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BACKFILL = """
UPDATE comments c SET script = r.script, label = (
    SELECT o.label FROM outcomes o WHERE o.revision_id = r.id ORDER BY o.id DESC LIMIT 1
)
FROM revisions r
WHERE c.state = 'held' AND r.comment_id = c.id AND r.n = c.current_revision
"""
_BY: dict[str, list[str | sa.TextClause]] = {
    "arrival": ["site_id", "id"],
    "label": ["site_id", "label", sa.text("priority DESC"), "id"],
    "script": ["site_id", "script", sa.text("priority DESC"), "id"],
    "story": ["story_id", sa.text("priority DESC"), "id"],
    "since": ["site_id", "state_at"],
}


def upgrade() -> None:
    op.add_column("comments", sa.Column("script", sa.Text(), nullable=True))
    op.add_column("comments", sa.Column("label", sa.Text(), nullable=True))
    op.execute(_BACKFILL)
    for name, columns in _BY.items():
        op.create_index(f"ix_comments_held_{name}", "comments", columns, postgresql_where=sa.text("state = 'held'"))
    op.create_index(
        "ix_audit_sample_arrival",
        "audit_sample",
        ["site_id", "comment_id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_sample_arrival", "audit_sample")
    for name in _BY:
        op.drop_index(f"ix_comments_held_{name}", "comments")
    op.drop_column("comments", "label")
    op.drop_column("comments", "script")
