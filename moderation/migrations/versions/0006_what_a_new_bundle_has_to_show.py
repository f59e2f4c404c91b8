"""Gold sets measure bundles and never teach them; what the gate says of a bundle is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gold_sets",
        _identity(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        _now("created_at"),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_sets")),
        sa.UniqueConstraint("name", name=op.f("uq_gold_sets_name")),
        sa.UniqueConstraint("digest", name=op.f("uq_gold_sets_digest")),
    )
    op.create_table(
        "gold_rows",
        _identity(),
        sa.Column("gold_set_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("known", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_rows")),
        sa.UniqueConstraint("gold_set_id", "n", name=op.f("uq_gold_rows_gold_set_id_n")),
        sa.ForeignKeyConstraint(["gold_set_id"], ["gold_sets.id"], name=op.f("fk_gold_rows_gold_set_id")),
    )
    op.create_table(
        "gate_verdicts",
        _identity(),
        sa.Column("bundle_id", sa.BigInteger(), nullable=False),
        sa.Column("champion_id", sa.BigInteger(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        _now("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_verdicts")),
        *(
            sa.ForeignKeyConstraint([one], ["bundles.id"], name=op.f(f"fk_gate_verdicts_{one}"))
            for one in ("bundle_id", "champion_id")
        ),
    )
    op.create_index("ix_gate_verdicts_bundle_id", "gate_verdicts", ["bundle_id"])


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def downgrade() -> None:
    for table in ("gate_verdicts", "gold_rows", "gold_sets"):
        op.drop_table(table)
