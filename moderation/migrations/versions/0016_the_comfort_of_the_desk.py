"""A person's own keys, masking and break; decisions by what and why; stories by words of their titles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TITLE = (
    "to_tsvector('simple'::regconfig, translate(normalize(title, NFC), ",
    "'।.,;:!?…\"''`()[]{}<>‹›«»/\\|-–—_+=*&^$#@~', ",
    "'                                       '))",
)


def upgrade() -> None:
    op.add_column(
        "moderators",
        sa.Column("keys", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.add_column("moderators", sa.Column("mask", sa.Text(), server_default="auto", nullable=False))
    op.add_column("moderators", sa.Column("break_after", sa.Integer(), server_default="45", nullable=False))
    op.create_index("ix_stories_title", "stories", [sa.text("".join(_TITLE))], postgresql_using="gin")
    op.create_index(
        "ix_decisions_changed", "decisions", ["site_id", "id"], postgresql_where=sa.text("overturns IS NOT NULL")
    )
    op.create_index(
        "ix_decisions_people", "decisions", ["site_id", "id"], postgresql_where=sa.text("actor <> 'classifier'")
    )
    op.create_index(
        "ix_decisions_labels",
        "decisions",
        ["labels"],
        postgresql_using="gin",
        postgresql_where=sa.text("labels <> '{}'"),
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_labels", "decisions")
    op.drop_index("ix_decisions_people", "decisions")
    op.drop_index("ix_decisions_changed", "decisions")
    op.drop_index("ix_stories_title", "stories")
    for name in ("break_after", "mask", "keys"):
        op.drop_column("moderators", name)
