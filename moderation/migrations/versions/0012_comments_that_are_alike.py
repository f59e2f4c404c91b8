"""Held comments that are alike are found by bands of MinHash, and know which wording they are like.

Comments that waited or were decided before have neither; ``python -m moderation group`` gives it to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'held' AND alike_to IS NOT NULL")
_SETTLED = sa.text("state IN ('published', 'rejected') AND alike_to IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "likeness_bands",
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "band", "revision_id", name=op.f("pk_likeness_bands")),
    )
    op.add_column("comments", sa.Column("alike_to", sa.BigInteger(), nullable=True))
    op.create_index("ix_comments_held_alike", "comments", ["site_id", "alike_to", "id"], postgresql_where=_WAITING)
    op.create_index("ix_comments_settled_alike", "comments", ["alike_to", "id"], postgresql_where=_SETTLED)


def downgrade() -> None:
    op.drop_index("ix_comments_settled_alike", "comments")
    op.drop_index("ix_comments_held_alike", "comments")
    op.drop_column("comments", "alike_to")
    op.drop_table("likeness_bands")
