"""Comments are found by words, names and time; a desk watches, holds and closes stories, and the site hears of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WORDS = (
    "to_tsvector('simple'::regconfig, translate(normalised, ",
    "'।.,;:!?…\"''`()[]{}<>‹›«»/\\|-–—_+=*&^$#@~', ",
    "'                                       '))",
)
_ONE_SUBJECT = "(comment_id IS NULL) <> (story_id IS NULL)"


def upgrade() -> None:
    op.create_index("ix_revisions_words", "revisions", [sa.text("".join(_WORDS))], postgresql_using="gin")
    op.create_index("ix_comments_received", "comments", ["received_at"], postgresql_using="brin")
    op.create_index("ix_authors_name", "authors", ["site_id", sa.text("lower(name) text_pattern_ops")])
    op.add_column("sites", sa.Column("hold_everything_reason", sa.Text(), nullable=True))
    op.add_column("stories", sa.Column("watched", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("stories", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stories", sa.Column("held_reason", sa.Text(), nullable=True))
    op.add_column("stories", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stories", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_stories_watched", "stories", ["site_id", "id"], postgresql_where=sa.text("watched"))
    op.alter_column("callbacks", "comment_id", nullable=True)
    op.add_column("callbacks", sa.Column("story_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_callbacks_story_id"), "callbacks", "stories", ["story_id"], ["id"])
    op.create_check_constraint(op.f("ck_callbacks_one_subject"), "callbacks", _ONE_SUBJECT)
    op.create_index("ix_callbacks_story", "callbacks", ["story_id"], postgresql_where=sa.text("story_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_callbacks_story", "callbacks")
    op.drop_constraint(op.f("ck_callbacks_one_subject"), "callbacks")
    # What was told about stories has no place in the older table.
    op.execute("DELETE FROM callback_attempts USING callbacks c WHERE c.id = callback_id AND c.story_id IS NOT NULL")
    op.execute("DELETE FROM callbacks WHERE story_id IS NOT NULL")
    op.drop_column("callbacks", "story_id")
    op.alter_column("callbacks", "comment_id", nullable=False)
    op.drop_index("ix_stories_watched", "stories")
    op.drop_column("sites", "hold_everything_reason")
    for name in ("version", "closed_at", "held_reason", "held_until", "watched"):
        op.drop_column("stories", name)
    op.drop_index("ix_authors_name", "authors")
    op.drop_index("ix_comments_received", "comments")
    op.drop_index("ix_revisions_words", "revisions")
