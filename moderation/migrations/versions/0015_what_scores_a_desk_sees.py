"""How many comments scored what is kept by day; held comments are found by their score, people's decisions by time."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_HELD = sa.text("state = 'held'")
_BY_PERSON = sa.text("moderator_id IS NOT NULL")


def _heap() -> list[sa.Column[Any]]:
    keys: list[sa.Column[Any]] = [
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("label", "script", "rest")),
        sa.Column("bin", sa.SmallInteger(), nullable=False),
    ]
    return keys + [sa.Column(name, sa.Integer(), nullable=False) for name in ("scored", "published", "rejected")]


def upgrade() -> None:
    op.create_table(
        "score_tallies",
        *_heap(),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_score_tallies_site_id")),
        sa.PrimaryKeyConstraint("site_id", "day", "label", "script", "rest", "bin", name=op.f("pk_score_tallies")),
    )
    op.create_table(
        "score_tally_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_heap(),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_score_tally_changes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_tally_changes")),
    )
    op.add_column("comments", sa.Column("label_score", sa.REAL(), nullable=True))
    # Only what is held is found by its score; the newest outcome that has one says what it was.
    op.execute("""
        UPDATE comments c SET label_score = o.value FROM revisions r, LATERAL (
            SELECT value FROM outcomes WHERE revision_id = r.id AND label IS NOT NULL ORDER BY id DESC LIMIT 1) o
        WHERE c.state = 'held' AND c.label IS NOT NULL AND r.comment_id = c.id AND r.n = c.current_revision
    """)
    op.create_index(
        "ix_comments_held_score", "comments", ["site_id", "label", "label_score", "id"], postgresql_where=_HELD
    )
    op.create_index(
        "ix_decisions_by_person",
        "decisions",
        ["site_id", "at", "moderator_id"],
        postgresql_include=["verdict"],
        postgresql_where=_BY_PERSON,
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_by_person", "decisions")
    op.drop_index("ix_comments_held_score", "comments")
    op.drop_column("comments", "label_score")
    op.drop_table("score_tally_changes")
    op.drop_table("score_tallies")
