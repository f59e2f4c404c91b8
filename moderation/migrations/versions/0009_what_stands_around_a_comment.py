"""The replies to a comment, and an author's latest comments, are read off indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_comments_parent",
        "comments",
        ["site_id", "parent_ext_id", "id"],
        postgresql_where=sa.text("parent_ext_id IS NOT NULL"),
    )
    op.create_index("ix_comments_author", "comments", ["author_id", "id"])
    op.drop_index("ix_comments_author_id", "comments")


def downgrade() -> None:
    op.create_index("ix_comments_author_id", "comments", ["author_id"])
    op.drop_index("ix_comments_author", "comments")
    op.drop_index("ix_comments_parent", "comments")
