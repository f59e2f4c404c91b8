"""The migrations since 0011 are gone back on with rows in the tables, and up again to the schema as described."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from moderation import migrations
from moderation.embedded import ServerUrls
from moderation.store.schema import Base

NAME = "there_and_back"
ROWS = """
INSERT INTO sites (slug, name, url, mode) VALUES ('k', 'K', 'https://k.example', 'publish_first');
INSERT INTO endpoints (site_id, url) SELECT id, 'https://k.example/c' FROM sites;
INSERT INTO authors (site_id, ext_id, name, sanction) SELECT id, 'a1', 'A', 'ban' FROM sites;
INSERT INTO callbacks (webhook_id, site_id, endpoint_id, author_id, type, version, payload, state, due_at)
    SELECT 'msg_1', s.id, e.id, a.id, 'author.sanctioned', 1, '{}', 'sent', now() FROM sites s, endpoints e, authors a;
INSERT INTO callback_attempts (callback_id) SELECT id FROM callbacks;
INSERT INTO notice_levels (site_id, kind, subject, over, told_over) SELECT id, 'backlog', '', true, true FROM sites;
"""


@pytest.fixture
def database(servers: ServerUrls) -> Iterator[Engine]:
    administrator = create_engine(servers.database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield create_engine(make_url(servers.database_url).set(database=NAME), poolclass=NullPool)
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))


def _migrate(engine: Engine, to: str, *, down: bool = False) -> None:
    config = migrations.alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, to)


def test_going_back_to_0011_and_up_again_makes_the_described_schema_and_keeps_what_it_knew(database: Engine) -> None:
    _migrate(database, "head")
    with database.begin() as connection:
        connection.execute(text(ROWS))
    _migrate(database, "0011", down=True)
    _migrate(database, "head")
    with database.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
        kept = "SELECT a.name, a.sanction, (SELECT count(*) FROM callbacks) FROM authors a"
        assert connection.execute(text(kept)).one() == ("A", None, 0)
