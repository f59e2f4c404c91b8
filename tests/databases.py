"""Databases for the tests: a migrated one is copied, and emptied after a test for the next one.

Copying and dropping a database is much slower than emptying it. What a test left that emptying does not undo (another
table, statistics, much that was deleted) sends its database away.
"""

import uuid

import psycopg
from sqlalchemy import make_url

from moderation.migrations import upgrade
from moderation.runtime import make_engine

_GROWTH = 8 * 1024 * 1024
"""Bytes that a database may have grown by: what is deleted is not given back to the system."""
_SHAPE = """
SELECT 'class', count(*), max(xmin::text::bigint) FROM pg_class WHERE oid >= 16384
UNION ALL SELECT 'attribute', count(*), max(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
UNION ALL SELECT 'constraint', count(*), max(xmin::text::bigint) FROM pg_constraint WHERE oid >= 16384
UNION ALL SELECT 'routine', count(*), max(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'statistic', count(*), max(xmin::text::bigint) FROM pg_statistic WHERE starelid >= 16384
UNION ALL SELECT 'version', count(*), max(xmin::text::bigint) FROM alembic_version
"""
"""How many things there are beside PostgreSQL's own, whose numbers are below 16,384, and their last change."""
_EMPTY = """
DO $$
DECLARE filled regclass;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR filled IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %s', filled);
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false)
    FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""
_FILLED = """
SELECT array_agg(relname::text) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

Shape = tuple[int, list[tuple[str, int, int | None]]]


class Databases:
    """Lends migrated databases without a row in them."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[str] = []
        self._template = self._make()
        engine = make_engine(self._template)
        upgrade(engine)
        engine.dispose()
        with self._connected(self._template) as connection:
            self._shape = _shape(connection)
            filled = connection.execute(_FILLED).fetchone()
        assert filled == (["alembic_version"],), "a migration that brings rows needs a way to bring them back"

    def take(self) -> str:
        """The URL of a database that nobody else has."""
        return self._free.pop() if self._free else self._make(f"TEMPLATE {_name(self._template)}")

    def give_back(self, url: str) -> None:
        if self._emptied(url):
            self._free.append(url)
        else:
            with self._connected(self._server_url) as connection:
                connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _make(self, how: str = "") -> str:
        name = f"test_{uuid.uuid4().hex}"
        with self._connected(self._server_url) as connection:
            connection.execute(f"CREATE DATABASE {name} {how}")
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def _emptied(self, url: str) -> bool:
        """Whether it is now as it was when it was made."""
        with self._connected(url) as connection:
            connection.execute(_END_OTHERS)
            try:
                size, shape = _shape(connection)
            except psycopg.errors.UndefinedTable:
                return False
            if shape != self._shape[1] or size > self._shape[0] + _GROWTH:
                return False
            connection.execute(_EMPTY)
        return True

    def _connected(self, url: str) -> psycopg.Connection[tuple[object, ...]]:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _shape(connection: psycopg.Connection[tuple[object, ...]]) -> Shape:
    (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    rows = connection.execute(_SHAPE).fetchall()
    return int(str(size)), [(str(a), int(str(b)), None if c is None else int(str(c))) for a, b, c in rows]
