"""An endpoint keeps since when it has been failing without a break, so that it can be switched off after five days."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    # When it began is not known of those that fail now: their time begins with the upgrade.
    op.execute("UPDATE endpoints SET failing_since = now() WHERE failures > 0 AND disabled_at IS NULL")


def downgrade() -> None:
    op.drop_column("endpoints", "failing_since")
