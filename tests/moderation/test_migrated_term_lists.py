"""Migration 0005 keeps the terms of before, and what they did; going back keeps what there was."""

import re
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from moderation import migrations
from moderation.domain.term_document import checked, digest_of
from moderation.embedded import ServerUrls
from moderation.store import policies

NAME = "with_old_term_lists"


@pytest.fixture
def old(servers: ServerUrls) -> Iterator[Engine]:
    """A database as version 0004 left it."""
    administrator = create_engine(servers.database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = re.sub("[^a-z0-9_]", "", NAME)
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(servers.database_url).set(database=name), poolclass=NullPool)
    _migrate(engine, "0004")
    yield engine
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _migrate(engine: Engine, to: str, *, down: bool = False) -> None:
    config = migrations.alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, to)


def _make_lists(connection: Connection) -> int:
    site_id = connection.execute(
        text("INSERT INTO sites (slug, name, url, mode) VALUES ('k', 'K', 'https://k.example', 'observe') RETURNING id")
    ).scalar_one()
    for name, terms in (("slurs", ["শালা", "কুত্তা"]), ("spam", ["casino"])):
        connection.execute(
            text("INSERT INTO term_lists (site_id, name, terms, updated_at) VALUES (:s, :n, :t, '2026-01-02 03:04Z')"),
            {"s": site_id, "n": name, "t": terms},
        )
    return int(site_id)


def test_old_terms_hold_as_they_stand_in_a_first_version_and_come_back_on_the_way_down(old: Engine) -> None:
    with old.begin() as connection:
        site_id = _make_lists(connection)
    _migrate(old, "head")
    with old.begin() as connection:
        rows = connection.execute(text("SELECT * FROM term_list_versions ORDER BY list_id")).all()
        assert [(row.n, row.action, row.size, row.author) for row in rows] == [
            (1, "hold", 2, "operator"),
            (1, "hold", 1, "operator"),
        ]
        assert all(row.digest == digest_of(checked(row.document)) for row in rows)
        assert rows[0].at.year == 2026
        matcher = policies.rules_of(connection, [site_id])[site_id].terms
        hits = matcher.hits("শালা শালার casino")
        assert [(hit.term, hit.action) for hit in hits] == [("শালা", "hold"), ("casino", "hold")]
    _migrate(old, "0004", down=True)
    with old.begin() as connection:
        lists = connection.execute(text("SELECT name, terms FROM term_lists ORDER BY name")).all()
        assert [tuple(row) for row in lists] == [("slurs", ["শালা", "কুত্তা"]), ("spam", ["casino"])]
