"""What the hot paths write becomes cheaper: the measurements are in docs/performance.md.

Due callbacks are found by endpoint, which is how a claim asks. Documents that are only kept and read back are ``json``,
which is stored as it came. Pages of comments and revisions keep room, so that a claim or a score rewrites a row beside
itself and touches no index.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROOM = 70
_DOCUMENTS = (("outcomes", "checks"), ("callbacks", "payload"))


def upgrade() -> None:
    op.drop_index("ix_callbacks_due", table_name="callbacks")
    op.create_index(
        "ix_callbacks_due",
        "callbacks",
        ["endpoint_id", "due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    for table, column in _DOCUMENTS:
        op.alter_column(table, column, type_=sa.JSON(), postgresql_using=f"{column}::json")
    for table in ("comments", "revisions"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = {_ROOM})")


def downgrade() -> None:
    for table in ("comments", "revisions"):
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
    for table, column in _DOCUMENTS:
        op.alter_column(table, column, type_=postgresql.JSONB(), postgresql_using=f"{column}::jsonb")
    op.drop_index("ix_callbacks_due", table_name="callbacks")
    op.create_index("ix_callbacks_due", "callbacks", ["due_at"], postgresql_where=sa.text("state = 'pending'"))
