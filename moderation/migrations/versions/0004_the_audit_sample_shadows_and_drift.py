"""Automatic outcomes are drawn for a blind look; a bundle can score in the shadow of another; drift is kept by the day.

Scores that are there decided something, so none of them is a shadow's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("audit_sample", "shadow_choices", "drift_references", "drift_measurements")


def upgrade() -> None:
    op.add_column("scores", sa.Column("shadow", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    _audit_sample()
    _shadows()
    _drift()


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _now(name: str = "at") -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _audit_sample() -> None:
    op.create_table(
        "audit_sample",
        _identity(),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("draw", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        _now("drawn_at"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_audit_sample_revision_id")),
        *(
            sa.ForeignKeyConstraint([f"{one}_id"], [f"{table}.id"], name=op.f(f"fk_audit_sample_{one}_id"))
            for one, table in (
                ("site", "sites"),
                ("comment", "comments"),
                ("revision", "revisions"),
                ("decision", "decisions"),
            )
        ),
    )
    op.create_index(
        "ix_audit_sample_open",
        "audit_sample",
        ["site_id", sa.text("priority DESC"), "comment_id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_audit_sample_comment", "audit_sample", ["comment_id"])
    op.create_index("ix_audit_sample_drawn", "audit_sample", ["drawn_at"])


def _shadows() -> None:
    op.create_table(
        "shadow_choices",
        _identity(),
        sa.Column("bundle_id", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        _now(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_choices")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_shadow_choices_bundle_id")),
    )


def _drift() -> None:
    op.create_table(
        "drift_references",
        sa.Column("bundle_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", postgresql.JSONB(), nullable=False),
        _now(),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_drift_references")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_drift_references_bundle_id")),
    )
    op.create_table(
        "drift_measurements",
        _identity(),
        sa.Column("bundle_id", sa.BigInteger(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("profile", postgresql.JSONB(), nullable=False),
        sa.Column("reference", postgresql.JSONB(), nullable=True),
        sa.Column("drift", postgresql.JSONB(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_measurements")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_drift_measurements_bundle_id")),
    )
    op.create_index("ix_drift_measurements_bundle_id_id", "drift_measurements", ["bundle_id", "id"])


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_column("scores", "shadow")
