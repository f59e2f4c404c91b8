"""Authors are warned, suspended and banned, and the site hears of it; a hot story's breaker holds it for a time.

Secrets and keys made from now on are told apart by a hint: their last characters.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OF_TWO = "(comment_id IS NULL) <> (story_id IS NULL)"
_OF_THREE = "num_nonnulls(comment_id, story_id, author_id) = 1"


def upgrade() -> None:
    _sanctions()
    _callbacks_about_authors()
    _breakers()
    op.add_column("secrets", sa.Column("hint", sa.Text(), server_default="", nullable=False))
    op.add_column("api_keys", sa.Column("hint", sa.Text(), server_default="", nullable=False))


def _sanctions() -> None:
    op.add_column("authors", sa.Column("sanction", sa.Text(), nullable=True))
    op.add_column("authors", sa.Column("sanctioned_until", _TIME, nullable=True))
    op.add_column("authors", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "author_sanctions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_author_sanctions_site_id")),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_author_sanctions_author_id")),
        sa.ForeignKeyConstraint(["by_id"], ["moderators.id"], name=op.f("fk_author_sanctions_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["moderators.id"], name=op.f("fk_author_sanctions_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_sanctions")),
    )
    op.create_index("ix_author_sanctions_author", "author_sanctions", ["author_id", "id"])
    running = sa.text("ended_at IS NULL AND kind <> 'warning'")
    op.create_index(
        "uq_author_sanctions_running", "author_sanctions", ["author_id"], unique=True, postgresql_where=running
    )


def _callbacks_about_authors() -> None:
    op.add_column("callbacks", sa.Column("author_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_callbacks_author_id"), "callbacks", "authors", ["author_id"], ["id"])
    op.drop_constraint(op.f("ck_callbacks_one_subject"), "callbacks")
    op.create_check_constraint(op.f("ck_callbacks_one_subject"), "callbacks", _OF_THREE)
    told = sa.text("author_id IS NOT NULL")
    op.create_index("ix_callbacks_author", "callbacks", ["author_id"], postgresql_where=told)


def _breakers() -> None:
    op.add_column("stories", sa.Column("breaker_from", _TIME, nullable=True))
    op.create_table(
        "story_pulses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_pulses_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_pulses")),
    )
    op.create_index("ix_story_pulses_story", "story_pulses", ["story_id", "at"])
    op.create_index("ix_story_pulses_at", "story_pulses", ["at"])
    op.create_table(
        "story_breakers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_story_breakers_site_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_breakers_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_breakers")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index("uq_story_breakers_open", "story_breakers", ["story_id"], unique=True, postgresql_where=is_open)
    op.create_index("ix_story_breakers_story", "story_breakers", ["story_id", "id"])
    op.create_index("ix_story_breakers_site", "story_breakers", ["site_id", "until"])


def downgrade() -> None:
    op.drop_column("api_keys", "hint")
    op.drop_column("secrets", "hint")
    op.drop_table("story_breakers")
    op.drop_table("story_pulses")
    op.drop_column("stories", "breaker_from")
    op.drop_index("ix_callbacks_author", "callbacks")
    op.drop_constraint(op.f("ck_callbacks_one_subject"), "callbacks")
    # What was told about authors has no place in the older table.
    op.execute("DELETE FROM callback_attempts USING callbacks c WHERE c.id = callback_id AND c.author_id IS NOT NULL")
    op.execute("DELETE FROM callbacks WHERE author_id IS NOT NULL")
    op.drop_column("callbacks", "author_id")
    op.create_check_constraint(op.f("ck_callbacks_one_subject"), "callbacks", _OF_TWO)
    op.drop_table("author_sanctions")
    for name in ("version", "sanctioned_until", "sanction"):
        op.drop_column("authors", name)
