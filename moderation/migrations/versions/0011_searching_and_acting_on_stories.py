"""Comments are found by their words, by their authors' names and by time."""

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


def upgrade() -> None:
    op.create_index("ix_revisions_words", "revisions", [sa.text("".join(_WORDS))], postgresql_using="gin")
    op.create_index("ix_comments_received", "comments", ["received_at"], postgresql_using="brin")
    op.create_index("ix_authors_name", "authors", ["site_id", sa.text("lower(name) text_pattern_ops")])


def downgrade() -> None:
    op.drop_index("ix_authors_name", "authors")
    op.drop_index("ix_comments_received", "comments")
    op.drop_index("ix_revisions_words", "revisions")
