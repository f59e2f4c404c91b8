"""People are told outside the pages, and what happened while somebody was away can be asked for by index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


def upgrade() -> None:
    _create_choices()
    _create_outbox()
    op.create_table(
        "handover_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_handover_notes_site_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_handover_notes_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_notes")),
    )
    op.create_index("ix_handover_notes_site", "handover_notes", ["site_id", "id"])
    op.add_column("moderators", sa.Column("left_at", _TIME, nullable=True))
    op.add_column("moderators", sa.Column("returned_at", _TIME, nullable=True))
    op.create_index(
        "ix_decisions_overturning",
        "decisions",
        ["site_id", "at", "id"],
        postgresql_where=sa.text("overturns IS NOT NULL"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])


def _create_choices() -> None:
    op.create_table(
        "notice_choices",
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("chosen", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("webhook", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_notice_choices_moderator_id")),
        sa.PrimaryKeyConstraint("moderator_id", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "site_notices",
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("held_over", sa.Integer(), nullable=True),
        sa.Column("waits_over", sa.Integer(), nullable=True),
        sa.Column("quiet", sa.Integer(), nullable=False),
        sa.Column("webhook", sa.LargeBinary(), nullable=True),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_notices_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_notices")),
    )
    op.create_table(
        "notice_levels",
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("told_over", sa.Boolean(), nullable=False),
        sa.Column("told_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notice_levels_site_id")),
        sa.PrimaryKeyConstraint("site_id", "kind", "subject", name=op.f("pk_notice_levels")),
    )


def _create_outbox() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("n", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.CheckConstraint("site_id IS NOT NULL OR moderator_id IS NOT NULL", name=op.f("ck_notices_addressed")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notices_site_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"], name=op.f("fk_notices_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_due", "notices", ["due_at", "id"], postgresql_where=sa.text("state = 'pending'"))
    op.create_index("ix_notices_site", "notices", ["site_id", "id"])
    op.create_index("ix_notices_moderator", "notices", ["moderator_id", "kind", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_log_at", "audit_log")
    op.drop_index("ix_decisions_overturning", "decisions")
    for column in ("returned_at", "left_at"):
        op.drop_column("moderators", column)
    for table in ("handover_notes", "notices", "notice_levels", "site_notices", "notice_choices"):
        op.drop_table(table)
