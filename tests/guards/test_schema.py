"""The migrations make the schema that the code describes: same tables, columns, types, defaults, keys and indexes."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from moderation import migrations
from moderation.embedded import ServerUrls
from moderation.store.schema import Base

VERSIONS = Path(migrations.__file__).parent / "versions"


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
    context = MigrationContext.configure(connection, opts=options)
    found = compare_metadata(context, Base.metadata)
    assert isinstance(found, list)
    return found


def test_a_migrated_database_is_the_described_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert _differences(connection) == []


def test_the_comparison_sees_a_changed_type_default_or_index(engine: Engine) -> None:
    for change in (
        "ALTER TABLE sites ALTER COLUMN name TYPE varchar(10)",
        "ALTER TABLE moderators ALTER COLUMN language SET DEFAULT 'xx'",
        "DROP INDEX ix_counters_name",
        "ALTER TABLE sites ADD COLUMN extra int",
    ):
        with engine.connect() as connection:
            connection.execute(text(change))
            assert _differences(connection) != []


def _checks(engine: Engine) -> set[tuple[str, str]]:
    query = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(text(query))}


def _partial_indexes(engine: Engine) -> set[tuple[str, str]]:
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(text(query))}


def test_what_alembic_does_not_compare_is_the_same_too(engine: Engine, servers: ServerUrls) -> None:
    """Check constraints, and the conditions and orders of indexes: against a database made from the description."""
    name = f"described_{re.sub('[^a-z0-9]', '', str(engine.url.database))}"
    administrator = create_engine(servers.database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    described = create_engine(make_url(servers.database_url).set(database=name), poolclass=NullPool)
    try:
        Base.metadata.create_all(described)
        assert _partial_indexes(engine) == _partial_indexes(described)
        assert _checks(engine) == _checks(described)
    finally:
        with administrator.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_there_is_one_head_and_one_line_to_it_in_the_order_of_the_file_names() -> None:
    scripts = ScriptDirectory.from_config(migrations.alembic_config())
    assert len(scripts.get_heads()) == 1
    line = [script.revision for script in scripts.walk_revisions()][::-1]
    files = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))
    assert [name.partition("_")[0] for name in files] == line
    assert all(not script.is_branch_point and not script.is_merge_point for script in scripts.walk_revisions())


def test_an_empty_database_is_not_current_and_a_migration_tells_what_it_applied_once(servers: ServerUrls) -> None:
    name = "fresh_for_migrations"
    administrator = create_engine(servers.database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    fresh = create_engine(make_url(servers.database_url).set(database=name), poolclass=NullPool)
    try:
        with fresh.connect() as connection:
            assert not migrations.is_current(connection)
        applied = migrations.upgrade(fresh)
        assert applied[0].startswith("0001: ")
        assert len(applied) == len(list(VERSIONS.glob("[0-9]*.py")))
        assert migrations.upgrade(fresh) == []
        with fresh.connect() as connection:
            assert migrations.is_current(connection)
    finally:
        with administrator.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
