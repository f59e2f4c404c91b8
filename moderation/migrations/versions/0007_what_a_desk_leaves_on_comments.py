"""Notes, skips and escalations; decisions that were made in one act know it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(comment_id IS NULL) <> (author_id IS NULL)", name=op.f("ck_notes_one_subject")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notes_site_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_notes_comment_id")),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_notes_author_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_notes_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    for subject in ("comment", "author"):
        op.create_index(
            f"ix_notes_{subject}",
            "notes",
            [f"{subject}_id", "id"],
            postgresql_where=sa.text(f"{subject}_id IS NOT NULL"),
        )
    op.create_table(
        "skips",
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_skips_moderator_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_skips_comment_id")),
        sa.PrimaryKeyConstraint("moderator_id", "comment_id", name=op.f("pk_skips")),
    )
    op.create_index("ix_skips_comment", "skips", ["comment_id"])
    op.create_table(
        "escalations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_escalations_site_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_escalations_comment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["moderators.id"], name=op.f("fk_escalations_by_id")),
        sa.ForeignKeyConstraint(["to_id"], ["moderators.id"], name=op.f("fk_escalations_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index("uq_escalations_open", "escalations", ["comment_id"], unique=True, postgresql_where=is_open)
    op.create_index("ix_escalations_site", "escalations", ["site_id", "id"], postgresql_where=is_open)
    op.add_column("decisions", sa.Column("bulk_id", sa.UUID(), nullable=True))
    op.create_index("ix_decisions_bulk", "decisions", ["bulk_id"], postgresql_where=sa.text("bulk_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_decisions_bulk", "decisions")
    op.drop_column("decisions", "bulk_id")
    op.drop_table("escalations")
    op.drop_table("skips")
    op.drop_table("notes")
