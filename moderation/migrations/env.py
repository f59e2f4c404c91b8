"""What Alembic runs: the migrations, on the connection that ``upgrade`` hands over."""

from alembic import context

from moderation.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, compare_server_default=True
)
with context.begin_transaction():
    context.run_migrations()
